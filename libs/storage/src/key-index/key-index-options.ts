import type { EntryRef } from "./entry.ts";
import type { KeyHash } from "./half-sip-hash.ts";

/** What a `KeyIndex` is made with. */
export interface KeyIndexOptions {
  /** 16 bytes, secret, and always the same for a store: positions of listings depend on it. */
  readonly seed: Uint8Array;
  /** What an entry takes in the log besides key and value; counted for a bucket's name as well. */
  readonly entryOverheadBytes: number;
  /** Called for every entry that goes, before its ref is used again; also for those of dropped buckets. */
  readonly onRemove?: (entry: EntryRef) => void;
  /** Called for every entry before its value gets another place by a put. */
  readonly onOverwrite?: (entry: EntryRef) => void;
  /** Instead of the keyed hash: for tests, which want collisions. Any 32 bits. */
  readonly hash?: KeyHash;
}
