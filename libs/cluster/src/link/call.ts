import type { ClusterError } from "../errors.ts";

/** One request on its way to another node. A call is handed over once. */
export interface Call {
  /** When there is no more use for an answer, in milliseconds of the cluster's clock. What is left of it travels along. */
  readonly deadlineMs: number;
  /** Whether it changes anything: only of a write that was sent nobody knows what became of it. */
  readonly isWrite: boolean;
  /** How many bytes {@link Call.write} writes. */
  readonly byteLength: number;
  /** Writes the payload; called once, before the call that hands it over returns, unless it fails at once. Writes no other byte. */
  write(target: Uint8Array, at: number): void;
  /** The answer: what stands in `bytes` from `start`, 0 by default, to before `end`, where they end by default. Good during the call only. */
  answered(bytes: Uint8Array, start?: number, end?: number): void;
  /** There is no answer, and none will come. Many calls may be given one error. */
  failed(error: ClusterError): void;
}
