import type { GetOutcome, Revision } from "./store.ts";

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

/** What there is to say of a key that was read, beside its value: filled in before the value is shown. */
export interface KeyAbout {
  revision: Revision;
  expiresAtMs: number | undefined;
}

/** A key of a bucket, told by where it stands: it may be asked for without a view of it. */
export interface KeyPlace {
  /** Nobody writes to it, now or later: an engine may know a bucket again by the array that names it. */
  readonly bucket: Uint8Array;
  readonly bytes: Uint8Array;
  /** The key is the bytes from here ... */
  readonly start: number;
  /** ... to before here. */
  readonly end: number;
}

/** A key of a bucket and a value for it, told by where they stand. */
export interface FieldPlace extends KeyPlace {
  /** The memory of `bytes`, offset for offset: for who copies more than a byte at a time. */
  readonly words: DataView;
  /** The memory that the value stands in, which may be the same: there it is the bytes from `valueStart` ... */
  readonly valueWords: DataView;
  readonly valueStart: number;
  /** ... to before here. */
  readonly valueEnd: number;
}

/** What came of a write: the engine's own object, good until the next one. */
export interface WriteResult {
  /** Whether the key was not there before. */
  readonly isAdded: boolean;
  readonly revision: Revision;
  /** As that of an `Answer`. */
  readonly durable: Promise<void> | undefined;
}

/** The operations themselves once more, for a front door that looks ahead: of what is plain, and told by where it stands. */
export interface PlainOperations {
  /** `get` for who uses the value at once and wants no copy of it, where that can be. What else `get` says goes into `about`. */
  read(key: KeyPlace, sink: ValueSink, about?: KeyAbout): ReadResult;

  /**
   * `put` of one field, that never expires, without a condition, into a bucket that is there.
   * `undefined`, nothing having been done, where that cannot be at once: `put` does it. Throws as `put` does.
   */
  write(field: FieldPlace): WriteResult | undefined;

  /** Whether there is surely no bucket of that name, as far as can be told at once. Nobody writes to the array, now or later. */
  lacks(bucket: Uint8Array): boolean;

  /**
   * Says that the first `count` of `keys` are read or put next, in this turn. An engine may fetch what it knows of all of
   * them at once, instead of waiting for memory with each. Nothing else changes, and nothing is thrown; what is given is read
   * during the call only.
   */
  foresee(keys: readonly KeyPlace[], count: number): void;
}
