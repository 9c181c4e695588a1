/**
 * Why a request for a bucket found no store, or got no answer from it, and what each reason carries.
 *
 * The messages are reasons, as a client reads them behind `ERROR `: they begin in lower case. Where `mayHaveBeenApplied` is
 * true the request was a write that was sent: it was carried out, or was not, or will be yet; the message says so.
 * All others were surely not carried out.
 */
export interface KvFailures {
  /** The routing table has no entry for the first byte of the bucket's name. `bucket` is quoted. */
  readonly KV_NO_ROUTE: { readonly bucket: string };
  /** The bucket's owner cannot be asked. The request was surely not carried out. */
  readonly KV_NO_CONNECTION: { readonly node: string };
  /** The bucket's owner was reached, and will not link with this node, or this node with it: `reason` is a line of its own. */
  readonly KV_REFUSED: { readonly node: string; readonly reason: string };
  /** The node's own store is not open: it is starting, restarting or stopping. */
  readonly KV_NO_STORE: { readonly node: string };
  /** The request was sent, and no answer came in time; `timeoutMs` is how long it was waited for. */
  readonly KV_NOT_ANSWERED: {
    readonly node: string;
    readonly timeoutMs: number;
    readonly mayHaveBeenApplied: boolean;
  };
  /** The request was sent, and then nothing was heard of the node for `silentMs`: frozen, or cut off. */
  readonly KV_SILENT: {
    readonly node: string;
    readonly silentMs: number;
    readonly mayHaveBeenApplied: boolean;
  };
  /** The request was sent, and the connection was lost before the answer came. */
  readonly KV_CONNECTION_LOST: { readonly node: string; readonly mayHaveBeenApplied: boolean };
  /** More waits to be sent to the node than the link to it holds. */
  readonly KV_CONGESTED: { readonly node: string };
  /** The request is longer than what a link carries at once. */
  readonly KV_REQUEST_TOO_LARGE: { readonly node: string };
  /** The answer is longer than what a link carries at once. */
  readonly KV_ANSWER_TOO_LARGE: { readonly node: string; readonly mayHaveBeenApplied: boolean };
  /** The request reached the node when the time to answer it was over. */
  readonly KV_TOO_LATE: { readonly node: string };
  /** The request came back to a node that had passed it on, and that knows no other way. `path` has the nodes in order, that one at both places. */
  readonly KV_ROUTING_LOOP: { readonly path: readonly string[] };
  /** The request was passed on so often that it goes no further. `path` has them in order. */
  readonly KV_TOO_MANY_HOPS: { readonly path: readonly string[] };
  /** What was sent is no request that the node knows. */
  readonly KV_REQUEST_NOT_UNDERSTOOD: { readonly node: string };
  /** What came back is no answer to the request. */
  readonly KV_ANSWER_NOT_UNDERSTOOD: {
    readonly node: string;
    readonly mayHaveBeenApplied: boolean;
  };
  /** The node has come upon a bug of its own. */
  readonly KV_NODE_FAILED: { readonly node: string; readonly mayHaveBeenApplied: boolean };
  /** The node was asked as one that had the bucket by a table from before, and does not hold it. For nodes, not for clients. */
  readonly KV_NOT_HERE: { readonly node: string };
  /** The node's store takes no writes, since what it holds is taken elsewhere. The write was surely not carried out. */
  readonly KV_FENCED: { readonly node: string };
  /**
   * The node was asked like that, and has given the bucket to the node `to`; with a `moveId` that is not empty `to` has to be told
   * first that it serves it. For nodes, not for clients.
   */
  readonly KV_GIVEN_AWAY: { readonly node: string; readonly to: string; readonly moveId: string };
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type KvErrorCode = keyof KvFailures;

type MessageTable = {
  readonly [Code in KvErrorCode]: (details: KvFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  KV_NO_ROUTE: ({ bucket }) => `could not find entry for ${bucket} in the routing table`,
  KV_NO_CONNECTION: ({ node }) => `no connection to ${node}`,
  KV_REFUSED: ({ reason }) => reason,
  KV_NO_STORE: ({ node }) => `the store of ${node} is not open`,
  KV_NOT_ANSWERED: ({ node, timeoutMs, mayHaveBeenApplied }) =>
    `${node} did not answer in ${timeoutMs} ms${orNot(mayHaveBeenApplied)}`,
  KV_SILENT: ({ node, silentMs, mayHaveBeenApplied }) =>
    `${node} did not answer: nothing was heard of it for ${seconds(silentMs)} s${orNot(mayHaveBeenApplied)}`,
  KV_CONNECTION_LOST: ({ node, mayHaveBeenApplied }) =>
    `the connection to ${node} was lost${orNot(mayHaveBeenApplied)}`,
  KV_CONGESTED: ({ node }) => `too much waits to be sent to ${node}`,
  KV_REQUEST_TOO_LARGE: ({ node }) => `the request is too large to be sent to ${node}`,
  KV_ANSWER_TOO_LARGE: ({ node, mayHaveBeenApplied }) =>
    `the answer of ${node} is too large to be sent${orNot(mayHaveBeenApplied)}`,
  KV_TOO_LATE: ({ node }) => `the request reached ${node} too late`,
  KV_ROUTING_LOOP: ({ path }) => `routing loop: ${path.join(" -> ")}`,
  KV_TOO_MANY_HOPS: ({ path }) => `too many hops: ${path.join(" -> ")}`,
  KV_REQUEST_NOT_UNDERSTOOD: ({ node }) => `${node} did not understand the request`,
  KV_ANSWER_NOT_UNDERSTOOD: ({ node, mayHaveBeenApplied }) =>
    `the answer of ${node} was not understood${orNot(mayHaveBeenApplied)}`,
  KV_NODE_FAILED: ({ node, mayHaveBeenApplied }) =>
    `${node} failed at the request${orNot(mayHaveBeenApplied)}`,
  KV_FENCED: ({ node }) =>
    `${node} takes no writes: it is fenced while its buckets are taken elsewhere; its operator ends that by fence off`,
  KV_NOT_HERE: ({ node }) => `${node} does not hold the bucket`,
  KV_GIVEN_AWAY: ({ node, to }) => `${node} has given the bucket to ${to}`,
};

function orNot(mayHaveBeenApplied: boolean): string {
  return mayHaveBeenApplied ? "; the write may have been applied" : "";
}

/** In seconds, to a tenth. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}

/** A request that cannot be routed or answered. Its message is the reason a client is told. */
export class KvError<Code extends KvErrorCode = KvErrorCode> extends Error {
  override readonly name = "KvError";
  /** Somebody outside the program can mend this: it is shown as its message, without a stack. */
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: KvFailures[Code];

  constructor(code: Code, details: KvFailures[Code], options?: ErrorOptions) {
    super(MESSAGES[code](details), options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows `error` to the failure `code`, giving typed `details`. */
export function isKvError<Code extends KvErrorCode>(
  error: unknown,
  code: Code,
): error is KvError<Code> {
  return error instanceof KvError && error.code === code;
}
