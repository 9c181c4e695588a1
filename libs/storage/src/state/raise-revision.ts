import type { KeyIndex } from "../key-index/key-index.ts";
import type { Revision } from "../store.ts";

/**
 * Has revisions go on above `atLeast`. Nothing is written: the next mutation carries the higher number, and a crash before that has
 * nothing to remember. Throws a `RangeError` for what is no revision of an engine whose revisions are numbers.
 */
export function raiseRevision(index: Pick<KeyIndex, "lastRevision">, atLeast: Revision): void {
  if (typeof atLeast !== "number" || !Number.isSafeInteger(atLeast)) {
    throw new RangeError(`Cannot go on above the revision ${atLeast}`);
  }
  if (atLeast > index.lastRevision) index.lastRevision = atLeast;
}
