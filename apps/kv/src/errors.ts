/**
 * Why a request for a bucket found no store, and what each reason carries.
 *
 * The messages are reasons, as a client reads them behind `ERROR `: they begin in lower case.
 */
export interface KvFailures {
  /** The routing table has no entry for the first byte of the bucket's name. `bucket` is quoted. */
  readonly KV_NO_ROUTE: { readonly bucket: string };
  /** The bucket's owner cannot be asked. The request was surely not carried out. */
  readonly KV_NO_CONNECTION: { readonly node: string };
  /** The node's own store is not open: it is starting, restarting or stopping. */
  readonly KV_NO_STORE: { readonly node: string };
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type KvErrorCode = keyof KvFailures;

type MessageTable = {
  readonly [Code in KvErrorCode]: (details: KvFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  KV_NO_ROUTE: ({ bucket }) => `could not find entry for ${bucket} in the routing table`,
  KV_NO_CONNECTION: ({ node }) => `no connection to ${node}`,
  KV_NO_STORE: ({ node }) => `the store of ${node} is not open`,
};

/** A request that cannot be routed. Its message is the reason a client is told. */
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
