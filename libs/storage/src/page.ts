import { StorageError } from "./errors.ts";

declare const cursorBrand: unique symbol;

/**
 * Where the next page of a listing begins: opaque decimal digits below 2^64, good for the store that
 * made it and across its mutations.
 */
export type Cursor = string & { readonly [cursorBrand]: "Cursor" };

/** Some entries, and where to go on; `next` is `undefined` on the last page. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: Cursor | undefined;
}

/** The cursor of the embedded engines: the ordinal of the first entry of the next page. */
export function cursorAt(ordinal: number): Cursor {
  const digits = String(ordinal);
  if (!isCursor(digits)) throw new RangeError(`Cannot make a cursor of ${ordinal}`);
  return digits;
}

/** The ordinal in a cursor of {@link cursorAt}. Throws `STORAGE_CURSOR` when it is none. */
export function positionOf(cursor: Cursor): number {
  if (!isCursor(cursor)) throw new StorageError("STORAGE_CURSOR", { cursor });
  return Number(cursor);
}

function isCursor(text: string): text is Cursor {
  return /^(?:0|[1-9]\d*)$/u.test(text) && Number.isSafeInteger(Number(text));
}
