import type { GetOutcome } from "./store.ts";

/**
 * Takes a value: the bytes of `bytes` from `start` to `end`; `words` is the same memory, offset for offset, for who copies
 * more than a byte at a time. They are the engine's memory and good during the call only; they are not to be written to,
 * and the store is not to be called from here. What this throws comes out of the read.
 */
export type ValueSink = (bytes: Uint8Array, start: number, end: number, words: DataView) => void;

/**
 * What came of a read. With `found` the sink was called, once, before the read returned; with anything
 * else it was not. There is nothing to wait for: everything this rests on is durable. `undefined`: it
 * cannot be said at once, as the value is not in memory or a commit group is on its way; `get` says it.
 */
export type ReadResult = GetOutcome["type"] | undefined;
