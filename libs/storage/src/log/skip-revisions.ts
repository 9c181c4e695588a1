import type { KeyIndex } from "../key-index/key-index.ts";
import type { Seal } from "./format/seal.ts";
import type { LogEnd } from "./log-replay.ts";

/**
 * How many revisions are passed over after a crash: more than a crash can have taken back. Those are
 * mutations of one segment, for a segment is synced before the next one is begun: less than 1.6 GiB
 * with the largest limit and the largest group, at 18 bytes or more each, so not 2^27. One step more
 * for safety still leaves 2^25 crashes, one a minute for 63 years.
 */
export const SKIPPED_REVISIONS = 2 ** 28;

/**
 * Makes the next mutation of a replayed log get a revision that nobody has been shown before. Without
 * a sync before the acknowledgement, clients may have seen revisions that the log has lost; given to
 * another value, they would let a conditional write through that is none of theirs.
 *
 * Returns whether revisions now go on above those of the log. The first group has to be on the disk
 * then before it is acknowledged: another crash would count from the same place again.
 */
export function skipRevisions(
  index: Pick<KeyIndex, "lastRevision">,
  end: LogEnd,
  seal: Seal | undefined,
): boolean {
  const logged = index.lastRevision;
  if (seal !== undefined) index.lastRevision = seal.lastRevision;
  else if (end.segment > 0) index.lastRevision += SKIPPED_REVISIONS;
  return index.lastRevision > logged;
}
