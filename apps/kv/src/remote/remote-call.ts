import type { NodeName } from "@kv/cluster";
import { KvError } from "../errors.ts";
import { encodeRequest, measureRequest } from "./codec/encode-request.ts";
import { decodeResponse } from "./codec/response-codec.ts";
import { Later } from "./later.ts";
import type { LinkCall, LinkError } from "./link.ts";
import { failureOfLink } from "./link-failure.ts";
import { partOf } from "./part-of.ts";
import { IS_WRITE, type RemoteOperation, type RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";

/** Whom a request goes to, and how long it may take. */
export interface CallTerms {
  readonly node: NodeName;
  readonly timeoutMs: number;
  /** See {@link LinkCall.deadlineMs}. */
  readonly deadlineMs: number;
}

/**
 * A request on its way to a node, and what becomes of it. It reads the arrays of the request until it is written and no
 * longer.
 */
export class RemoteCall<Operation extends RemoteOperation> implements LinkCall {
  readonly later = new Later<RemoteOutcomes[Operation]>();
  readonly byteLength: number;
  readonly #operation: Operation;
  readonly #terms: CallTerms;
  #request: RemoteRequest | undefined;

  /** Throws a `RangeError` for a request that no node would take. */
  constructor(request: RemoteRequest & { readonly type: Operation }, terms: CallTerms) {
    this.byteLength = measureRequest(request);
    this.#operation = request.type;
    this.#request = request;
    this.#terms = terms;
  }

  get deadlineMs(): number {
    return this.#terms.deadlineMs;
  }

  get isWrite(): boolean {
    return IS_WRITE[this.#operation];
  }

  write(target: Uint8Array, at: number): void {
    if (this.#request === undefined) throw new Error("a request is sent once");
    encodeRequest(target, at, this.#request);
    // The link has its bytes; a large value is not to be kept until the answer is there.
    this.#request = undefined;
  }

  answered(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const response = decodeResponse(this.#operation, partOf(bytes, start, end));
    if (response instanceof Error) this.later.fail(response);
    else if (response !== undefined) this.later.answer({ outcome: response, durable: undefined });
    else this.later.fail(this.#notUnderstood());
  }

  failed(error: LinkError): void {
    const { node, timeoutMs } = this.#terms;
    this.#request = undefined;
    this.later.fail(failureOfLink(error, { node, timeoutMs, isWrite: this.isWrite }));
  }

  #notUnderstood(): KvError {
    const { node } = this.#terms;
    return new KvError("KV_ANSWER_NOT_UNDERSTOOD", { node, mayHaveBeenApplied: this.isWrite });
  }
}
