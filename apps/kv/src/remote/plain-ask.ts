import type { FieldPlace, GetOutcome, PutOutcome } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { LaterListener } from "./later.ts";

/** A get, or a put of one key that never expires, without a condition, told by where it stands. */
export interface PlainAsk extends FieldPlace {
  readonly type: "get" | "put";
  /** In memory of its own, that nobody writes to. */
  readonly bucket: BucketName;
  /** Of a put, whether a bucket that is missing is made. */
  readonly createsBucket: boolean;
}

/** Who is told what became of a {@link PlainAsk}: one of these, once. */
export interface PlainListener extends LaterListener<GetOutcome | PutOutcome> {
  /** The value is the bytes of `words` from `start` to before `end`: good during the call only. */
  found(words: DataView, start: number, end: number): void;
  /** So many keys were added; that is durable. */
  stored(added: number): void;
}

/** Another node, as it is asked for what is plain. */
export interface PlainAsker {
  /**
   * Asks it; `ask` is read during the call only. `listener` is told in the turn in which the answer is read, never before this
   * returns; what it throws comes out of whoever reads. Throws a `RangeError`, and asks nothing, for a key that no node would take.
   */
  ask(ask: PlainAsk, listener: PlainListener): void;
}
