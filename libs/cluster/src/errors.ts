import { type Refusal, refusalText } from "./refusal.ts";

/**
 * Why there is no link, or no answer to a call, and what each reason carries.
 *
 * The messages are reasons: they begin in lower case, since a client reads them behind `ERROR `. Where `mayHaveBeenApplied`
 * is true the call was a write whose bytes were handed to the operating system: it was carried out, or was not, or will
 * be yet. All others were surely not carried out, or were reads.
 */
export interface ClusterFailures {
  /** Nobody could be asked, or not in the time of the call, which was surely not sent. `reason` is there when it was asked for: from `connect`. */
  readonly CLUSTER_NO_CONNECTION: { readonly node: string; readonly reason: string | undefined };
  /** The call's time is over. `afterMs`: how long it had waited. */
  readonly CLUSTER_NOT_ANSWERED: {
    readonly node: string;
    readonly afterMs: number;
    readonly mayHaveBeenApplied: boolean;
  };
  /** The call was sent, and nothing at all was heard of the node for `silentMs`: the link was given up. */
  readonly CLUSTER_SILENT: {
    readonly node: string;
    readonly silentMs: number;
    readonly mayHaveBeenApplied: boolean;
  };
  /** The link ended after the call was sent and before it was answered. */
  readonly CLUSTER_CONNECTION_LOST: { readonly node: string; readonly mayHaveBeenApplied: boolean };
  /** The nodes reached each other and do not link; a call was surely not sent. */
  readonly CLUSTER_REFUSED: { readonly node: string; readonly refusal: Refusal };
  /** Too much waits to be sent to the node, or to be answered by it; the call was surely not sent. */
  readonly CLUSTER_CONGESTED: { readonly node: string };
  /** The call is longer than a frame may be; it was surely not sent. */
  readonly CLUSTER_TOO_LARGE: { readonly node: string; readonly limitBytes: number };
  /** A place to listen at is taken. */
  readonly CLUSTER_IN_USE: { readonly place: string };
  /** A place to listen at cannot be used. */
  readonly CLUSTER_PLACE: { readonly place: string; readonly reason: string };
  /** An option contradicts another one, or has an impossible value. */
  readonly CLUSTER_OPTION: { readonly option: string; readonly reason: string };
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type ClusterErrorCode = keyof ClusterFailures;

type MessageTable = {
  readonly [Code in ClusterErrorCode]: (details: ClusterFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  CLUSTER_NO_CONNECTION: ({ node, reason }) =>
    `no connection to ${node}${reason === undefined ? "" : `: ${reason}`}`,
  CLUSTER_NOT_ANSWERED: ({ node, afterMs, mayHaveBeenApplied }) =>
    `${node} did not answer in ${afterMs} ms${orNot(mayHaveBeenApplied)}`,
  CLUSTER_SILENT: ({ node, silentMs, mayHaveBeenApplied }) =>
    `${node} did not answer: nothing was heard of it for ${seconds(silentMs)} s${orNot(mayHaveBeenApplied)}`,
  CLUSTER_CONNECTION_LOST: ({ node, mayHaveBeenApplied }) =>
    `the connection to ${node} was lost${orNot(mayHaveBeenApplied)}`,
  CLUSTER_REFUSED: ({ node, refusal }) => `no connection to ${node}: ${refusalText(refusal, node)}`,
  CLUSTER_CONGESTED: ({ node }) => `too much waits to be sent to ${node}`,
  CLUSTER_TOO_LARGE: ({ node, limitBytes }) =>
    `the request is too large to be sent to ${node}: the limit is ${limitBytes} bytes`,
  CLUSTER_IN_USE: ({ place }) =>
    `cannot listen at ${place}: another node of this name, or another program, does`,
  CLUSTER_PLACE: ({ place, reason }) => `cannot listen at ${place}: ${reason}`,
  CLUSTER_OPTION: ({ option, reason }) => `cannot link nodes: ${option}: ${reason}`,
};

function orNot(mayHaveBeenApplied: boolean): string {
  return mayHaveBeenApplied ? "; the write may have been applied" : "";
}

/** In seconds, to a tenth. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}

/** A failure between nodes. Its message is one line. */
export class ClusterError<Code extends ClusterErrorCode = ClusterErrorCode> extends Error {
  override readonly name = "ClusterError";
  /** Somebody outside the program can mend this: it is shown as its message, without a stack. */
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: ClusterFailures[Code];

  constructor(code: Code, details: ClusterFailures[Code], options?: ErrorOptions) {
    super(MESSAGES[code](details), options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows `error` to the failure `code`, giving typed `details`. */
export function isClusterError<Code extends ClusterErrorCode>(
  error: unknown,
  code: Code,
): error is ClusterError<Code> {
  return error instanceof ClusterError && error.code === code;
}
