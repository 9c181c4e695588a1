import type { NodeName } from "@kv/cluster";
import { KvError } from "../errors.ts";
import { encodePlain, measurePlain } from "./codec/encode-plain.ts";
import { PlainAnswer } from "./codec/plain-answer.ts";
import { decodeResponse } from "./codec/response-codec.ts";
import type { Hops } from "./hops.ts";
import type { LinkCall, LinkError } from "./link.ts";
import { failureOfLink } from "./link-failure.ts";
import { partOf } from "./part-of.ts";
import type { PlainAsk, PlainListener } from "./plain-ask.ts";

/** How a plain request reaches its node. */
export interface PlainRoute {
  readonly node: NodeName;
  readonly hops: Hops;
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
  readonly #route: PlainRoute;
  readonly #timeoutMs: number;
  readonly #listener: PlainListener;
  #ask: PlainAsk | undefined;

  /** It may take `timeoutMs` from `nowMs` on, by the caller's clock. Throws a `RangeError` for a key that no node would take. */
  // oxlint-disable-next-line max-params -- once for each request: an object would be made for each
  constructor(
    route: PlainRoute,
    nowMs: number,
    timeoutMs: number,
    ask: PlainAsk,
    listener: PlainListener,
  ) {
    this.byteLength = measurePlain(route.hops, ask);
    this.deadlineMs = nowMs + timeoutMs;
    this.#timeoutMs = timeoutMs;
    this.isWrite = ask.type === "put";
    this.#route = route;
    this.#listener = listener;
    this.#ask = ask;
  }

  write(target: Uint8Array, at: number): void {
    if (this.#ask === undefined) throw new Error("a request is sent once");
    encodePlain(target, at, this.#route.hops, this.#ask);
    this.#ask = undefined;
  }

  answered(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (!ANSWER.read(bytes, start, end)) this.#decode(partOf(bytes, start, end));
    else if (ANSWER.isStored === this.isWrite) {
      if (this.isWrite) this.#listener.stored(ANSWER.added);
      else this.#listener.found(ANSWER.words, ANSWER.start, ANSWER.end);
    } else this.#listener.failed(this.#notUnderstood());
  }

  failed(error: LinkError): void {
    const { node } = this.#route;
    const timeoutMs = this.#timeoutMs;
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
    const { node } = this.#route;
    return new KvError("KV_ANSWER_NOT_UNDERSTOOD", { node, mayHaveBeenApplied: this.isWrite });
  }
}
