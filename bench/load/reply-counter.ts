/** Counts the replies on one connection without making text of them; its chunks may be cut anywhere. */
export interface ReplyCounter {
  /** The first reply that was none of those the bench's requests have, as text; `undefined` as long as there was none. */
  readonly failure: string | undefined;
  /** How many gets found no key. */
  readonly misses: number;
  /** How many replies end in `chunk`. */
  count(chunk: Uint8Array): number;
}
