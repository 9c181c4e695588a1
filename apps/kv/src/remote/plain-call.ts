import type { NodeName } from "@kv/cluster";
import { KvError } from "../errors.ts";
import { encodePlain, measurePlain } from "./codec/encode-plain.ts";
import { PlainAnswer } from "./codec/plain-answer.ts";
import { decodeResponse } from "./codec/response-codec.ts";
import type { Hops } from "./hops.ts";
import type { LinkCall, LinkError } from "./link.ts";
import { failureOfLink } from "./link-failure.ts";
import type { PlainAsk, PlainListener } from "./plain-ask.ts";

/** How a plain request reaches its node. */
export interface PlainTerms {
  readonly node: NodeName;
  readonly hops: Hops;
  readonly timeoutMs: number;
  /** See {@link LinkCall.deadlineMs}. */
  readonly deadlineMs: number;
}

/** Filled by one answer after the other. */
const ANSWER = new PlainAnswer();

/**
 * What a `RemoteCall` is, for a get or a put of one key: told by where it stands, and answered by where that stands. This
 * object is all that is made for one: with the objects of the general way it would be twelve.
 */
export class PlainCall implements LinkCall {
  readonly byteLength: number;
  readonly deadlineMs: number;
  readonly isWrite: boolean;
  readonly #terms: PlainTerms;
  readonly #listener: PlainListener;
  #ask: PlainAsk | undefined;

  /** Throws a `RangeError` for a key that no node would take. */
  constructor(terms: PlainTerms, ask: PlainAsk, listener: PlainListener) {
    this.byteLength = measurePlain(terms.hops, ask);
    this.deadlineMs = terms.deadlineMs;
    this.isWrite = ask.type === "put";
    this.#terms = terms;
    this.#listener = listener;
    this.#ask = ask;
  }

  write(target: Uint8Array, at: number): void {
    if (this.#ask === undefined) throw new Error("a request is sent once");
    encodePlain(target, at, this.#terms.hops, this.#ask);
    this.#ask = undefined;
  }

  answered(payload: Uint8Array): void {
    if (!ANSWER.read(payload)) this.#decode(payload);
    else if (ANSWER.isStored === this.isWrite) {
      if (this.isWrite) this.#listener.stored(ANSWER.added);
      else this.#listener.found(ANSWER.words, ANSWER.start, ANSWER.end);
    } else this.#listener.failed(this.#notUnderstood());
  }

  failed(error: LinkError): void {
    const { node, timeoutMs } = this.#terms;
    this.#ask = undefined;
    this.#listener.failed(failureOfLink(error, { node, timeoutMs, isWrite: this.isWrite }));
  }

  #decode(payload: Uint8Array): void {
    const response = decodeResponse(this.isWrite ? "put" : "get", payload);
    if (response === undefined) this.#listener.failed(this.#notUnderstood());
    else if (response instanceof Error) this.#listener.failed(response);
    else this.#listener.answered({ outcome: response, durable: undefined });
  }

  #notUnderstood(): KvError {
    const { node } = this.#terms;
    return new KvError("KV_ANSWER_NOT_UNDERSTOOD", { node, mayHaveBeenApplied: this.isWrite });
  }
}
