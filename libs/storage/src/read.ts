import type { GetOutcome } from "./store.ts";

/**
 * Takes a value: the bytes of `bytes` from `start` to `end`; `words` is the same memory, offset for offset, for who copies
 * more than a byte at a time. They are the engine's memory and good during the call only; they are not to be written to,
 * and the store is not to be called from here. What this throws comes out of the read.
 */
// oxlint-disable-next-line max-params -- an object for them would cost more than the copy
export type ValueSink = (bytes: Uint8Array, start: number, end: number, words: DataView) => void;

/**
 * What came of a read. With `found` the sink was called, once, before the read returned; with anything
 * else it was not. There is nothing to wait for: everything this rests on is durable. `undefined`: it
 * cannot be said at once, as the value is not in memory or a commit group is on its way; `get` says it.
 */
export type ReadResult = GetOutcome["type"] | undefined;

/** A key of a bucket, told by where it stands: it may be asked for without a view of it. */
export interface KeyPlace {
  readonly bucket: Uint8Array;
  readonly bytes: Uint8Array;
  /** The key is the bytes from here ... */
  readonly start: number;
  /** ... to before here. */
  readonly end: number;
}

/** What a front door that looks ahead can ask for besides the operations themselves. */
export interface Reads {
  /** `get` for who uses the value at once and wants no copy of it, where that can be. */
  read(key: KeyPlace, sink: ValueSink): ReadResult;

  /**
   * Says that the first `count` of `keys` are read or put next, in this turn. An engine may fetch what it knows of all of
   * them at once, instead of waiting for memory with each. Nothing else changes, and nothing is thrown; what is given is read
   * during the call only.
   */
  foresee(keys: readonly KeyPlace[], count: number): void;
}
