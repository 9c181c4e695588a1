/**
 * What a request needs of the links between nodes, as both ends see them: bytes there, bytes back, or the reason why not.
 * `@kv/cluster` has it.
 */

import type { NodeName } from "@kv/cluster";

/** Whoever sends requests to nodes. */
export interface Caller {
  /**
   * Has `call` written, before this returns, and sent. What became of it is told to the call: once, always, and never
   * before this has returned.
   */
  call(node: NodeName, call: LinkCall): void;
}

/** One request on its way. */
export interface LinkCall {
  /** When there is no more use for an answer: in milliseconds of the caller's clock, which only ever goes on. */
  readonly deadlineMs: number;
  /** Whether nobody knows what it did when it was sent and is not answered. */
  readonly isWrite: boolean;
  /** How many bytes {@link LinkCall.write} writes. */
  readonly byteLength: number;
  write(target: Uint8Array, at: number): void;
  /** What stands in `bytes` from `start`, 0 by default, to before `end`, where they end by default: good during the call only. */
  answered(bytes: Uint8Array, start?: number, end?: number): void;
  failed(error: LinkError): void;
}

/** Why a call has no answer. */
export interface LinkError extends Error {
  readonly code: string;
  /**
   * Of what is read: `mayHaveBeenApplied`, a flag, false when a call was surely not sent (every write is taken for one that was,
   * where that is not said); `afterMs`, a number: how long an answer was waited for; `silentMs`, of a node of which nothing at all
   * was heard for so long.
   */
  readonly details: object;
}

/** A request that another node has sent to this one. */
export interface ServedCall {
  readonly from: NodeName;
  /** Good during the call only in which it was handed over. */
  readonly payload: Uint8Array;
  /** How long the other node still waits for the answer. */
  readonly remainingMs: number;
  /** Whether there is nobody left to answer. */
  readonly isGone: boolean;
  /** Sends the answer: `write` is called once, before this returns, and writes `byteLength` bytes. */
  answer(byteLength: number, write: (target: Uint8Array, at: number) => void): void;
}
