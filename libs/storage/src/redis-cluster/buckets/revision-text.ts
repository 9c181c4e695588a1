import type { Revision } from "../../store.ts";

/**
 * A revision of this engine: `SEQUENCE-TOKEN`. A bucket's sequence may be drawn twice, when a primary dies with a write that nobody
 * else has; the token of the write tells the two apart.
 */
export function revisionOf(sequence: string, token: string): Revision {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where this engine's are made
  return `${sequence}-${token}` as Revision & string;
}
