import type { Stream } from "../network/network.ts";
import type { NodeName } from "../node-name.ts";
import { DeferredCalls } from "./deferred-calls.ts";
import type { LinkTerms } from "./link.ts";
import type { Outbox } from "./outbox.ts";
import { type AnswerWay, LinkedCall } from "./served-call.ts";

/** So many calls of one read are foreseen together: as many as the store looks up together. */
const takenLimit = 32;

/** The link whose calls are served. */
export interface ServedLink extends AnswerWay {
  readonly node: NodeName;
  readonly stream: Stream;
  readonly outbox: Outbox;
}

/**
 * The other node's calls, from when they are read to when they are answered. While the other node does not take its answers,
 * they are set aside; when that has become much, nothing more is read.
 */
export class Serving {
  readonly #link: ServedLink;
  readonly #terms: LinkTerms;
  /** What was read last and is not served yet: the first `#count` of these. */
  readonly #taken: (LinkedCall | undefined)[] = Array.from({ length: takenLimit }, () => undefined);
  #count = 0;
  readonly #deferred = new DeferredCalls();
  /** With so many bytes of calls set aside, nothing more is read. */
  #deferLimitBytes: number;
  #isServingDeferred = false;
  #isPaused = false;
  /** Whether the other end has taken anything since the last look. */
  #hasMoved = false;
  #owed = 0;

  constructor(link: ServedLink, terms: LinkTerms) {
    this.#link = link;
    this.#terms = terms;
    this.#deferLimitBytes = terms.limits.queueLimitBytes;
  }

  /** How many calls were read and are not answered yet. */
  get owed(): number {
    return this.#owed;
  }

  /** Whether nothing more is read, since so much is set aside. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** A call has come in; `payload` is good until {@link Serving.serveTaken}, which is called before it is not any more. */
  take(id: number, payload: Uint8Array, remainingMs: number): void {
    const link = this.#link;
    this.#owed++;
    this.#taken[this.#count++] = new LinkedCall(link, id, link.node, payload, remainingMs);
    if (this.#count === takenLimit) this.serveTaken();
  }

  /** Serves what was taken, in that order; the node is told of all of it before. To be called before anything else of the link is read. */
  serveTaken(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const taken = this.#taken;
    if (this.#servesAtOnce()) this.#terms.foresee?.(taken, count);
    for (let place = 0; place < count; place++) {
      const call = taken[place];
      taken[place] = undefined;
      if (call === undefined || this.#link.isOver) continue;
      if (this.#servesAtOnce()) this.#terms.serve(call);
      else this.#defer(call);
    }
  }

  #defer({ id, payload, remainingMs }: LinkedCall): void {
    const readMs = this.#terms.scheduler.now();
    this.#deferred.add({ id, payload: payload.slice(), remainingMs, readMs });
  }

  #servesAtOnce(): boolean {
    return this.#deferred.isEmpty && !this.#isBehind();
  }

  /** One call was answered. */
  answered(): void {
    this.#owed--;
  }

  /** The other end has taken what was sent. */
  moved(): void {
    this.#hasMoved = true;
  }

  /** To be called whenever something was read, answered, or taken. */
  regulate(): void {
    if (!this.#deferred.isEmpty) this.#serveDeferred();
    this.#pauseOrResume();
  }

  /** To be called now and then. */
  look(): void {
    // Two nodes that both read nothing would wait for each other for ever: then each sets some more aside.
    if (this.#isPaused && !this.#hasMoved) {
      this.#deferLimitBytes = this.#deferred.bytes + this.#terms.limits.queueLimitBytes;
      this.#pauseOrResume();
    }
    this.#hasMoved = false;
  }

  /** What is set aside will not be served. */
  stop(): void {
    this.#deferred.clear();
  }

  /** Whether so much waits to be taken by the other end that its further calls have to wait. */
  #isBehind(): boolean {
    return this.#link.outbox.waitingAnswerBytes > this.#terms.limits.queueLimitBytes;
  }

  #serve(id: number, payload: Uint8Array, remainingMs: number): void {
    const link = this.#link;
    this.#terms.serve(new LinkedCall(link, id, link.node, payload, remainingMs));
  }

  #serveDeferred(): void {
    // What is served may be answered at once, which leads here again.
    if (this.#isServingDeferred) return;
    this.#isServingDeferred = true;
    while (!this.#isBehind() && !this.#link.isOver) {
      const call = this.#deferred.take();
      if (call === undefined) break;
      const waitedMs = this.#terms.scheduler.now() - call.readMs;
      this.#serve(call.id, call.payload, Math.max(0, Math.floor(call.remainingMs - waitedMs)));
    }
    this.#isServingDeferred = false;
    if (this.#deferred.isEmpty) this.#deferLimitBytes = this.#terms.limits.queueLimitBytes;
  }

  #pauseOrResume(): void {
    const { stream, isOver } = this.#link;
    const isFull = this.#deferred.bytes > this.#deferLimitBytes;
    if (isFull === this.#isPaused || isOver) return;
    this.#isPaused = isFull;
    this.#hasMoved = true;
    if (isFull) stream.pause();
    else stream.resume();
  }
}
