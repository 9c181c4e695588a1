import type { NodeName } from "../node-name.ts";

/** A request that another node has sent to this one. */
export interface ServedCall {
  readonly from: NodeName;
  /** Good during the call only in which it was handed over. */
  readonly payload: Uint8Array;
  /** How long the other node still waits for the answer, counted from when it sent the request. */
  readonly remainingMs: number;
  /** Whether there is nobody left to answer. */
  readonly isGone: boolean;
  /**
   * Sends the answer, now or in a later turn, in any order: `write` is called once, before this returns, and writes
   * `byteLength` bytes. Does nothing when there is nobody left to answer. Throws when it is answered already, and a
   * `RangeError` for more bytes than a frame may have; the caller learns of such a call only that its time is over.
   */
  answer(byteLength: number, write: (target: Uint8Array, at: number) => void): void;
}

/** A hint: the first `count` of `calls`, which are all there, will be served next, in that order. */
export type ForeseeCalls = (calls: readonly (ServedCall | undefined)[], count: number) => void;

/** Where the answer to a request goes. */
export interface AnswerWay {
  readonly isOver: boolean;
  answer(id: number, byteLength: number, write: (target: Uint8Array, at: number) => void): void;
}

/** A request as it came in by a link. */
export class LinkedCall implements ServedCall {
  readonly from: NodeName;
  readonly payload: Uint8Array;
  readonly remainingMs: number;
  readonly #way: AnswerWay;
  /** -1 once it is answered. */
  #id: number;

  // oxlint-disable-next-line max-params -- one is made for every call: an object for its arguments would be a second one
  constructor(
    way: AnswerWay,
    id: number,
    from: NodeName,
    payload: Uint8Array,
    remainingMs: number,
  ) {
    this.#way = way;
    this.#id = id;
    this.from = from;
    this.payload = payload;
    this.remainingMs = remainingMs;
  }

  /** Its number, until it is answered. */
  get id(): number {
    return this.#id;
  }

  get isGone(): boolean {
    return this.#way.isOver;
  }

  answer(byteLength: number, write: (target: Uint8Array, at: number) => void): void {
    const id = this.#id;
    if (id < 0) throw new Error("a call is answered once");
    if (!this.#way.isOver) this.#way.answer(id, byteLength, write);
    this.#id = -1;
  }
}
