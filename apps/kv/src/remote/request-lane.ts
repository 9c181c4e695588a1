import type { AnyOutcome } from "./perform-request.ts";
import type { Later } from "./later.ts";
import type { ServedCall } from "./link.ts";
import type { ServedReply } from "./served-reply.ts";

/** What a lane works with. */
export interface LaneTerms {
  readonly epoch: () => unknown;
  readonly begin: (call: ServedCall) => void;
  /** A clock that only goes on, in milliseconds. */
  readonly nowMs: () => number;
}

/**
 * The requests of one node, as far as they are passed on or wait. What was passed on, and what is served here now, might overtake each
 * other when a bucket has changed its owner between the two: then what comes later waits until all before it is answered.
 */
export class RequestLane {
  readonly #terms: LaneTerms;
  #underWay = 0;
  #epoch: unknown;
  #waiting: ServedCall[] = [];

  constructor(terms: LaneTerms) {
    this.#terms = terms;
  }

  /** Whether a request that comes now has to wait for those before it. */
  mustWait(epoch: unknown): boolean {
    return this.#waiting.length > 0 || (this.#underWay > 0 && this.#epoch !== epoch);
  }

  /** Has a request wait; its bytes are kept. */
  add(call: ServedCall): void {
    this.#waiting.push(new KeptCall(call, this.#terms.nowMs));
  }

  /** `reply` is told what becomes of `later`, which was begun at `epoch`. */
  follow(later: Later<AnyOutcome>, reply: ServedReply, epoch: unknown): void {
    // The oldest one counts: a request that goes on whatever there is must not make it look as if all were of its own epoch.
    if (this.#underWay === 0) this.#epoch = epoch;
    this.#underWay++;
    later.whenSettled({
      answered: (answer) => {
        reply.answered(answer);
        this.#settled();
      },
      failed: (error) => {
        reply.failed(error);
        this.#settled();
      },
    });
  }

  #settled(): void {
    this.#underWay--;
    if (this.#underWay > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      if (this.mustWait(this.#terms.epoch())) this.#waiting.push(call);
      else this.#terms.begin(call);
    }
  }
}

/** A request that is begun later than it was handed over. */
class KeptCall implements ServedCall {
  readonly payload: Uint8Array;
  readonly #call: ServedCall;
  readonly #nowMs: () => number;
  readonly #keptMs: number;

  constructor(call: ServedCall, nowMs: () => number) {
    this.#call = call;
    this.#nowMs = nowMs;
    this.#keptMs = nowMs();
    this.payload = Uint8Array.from(call.payload);
  }

  get from(): ServedCall["from"] {
    return this.#call.from;
  }

  /** What it has waited here is gone. */
  get remainingMs(): number {
    const waitedMs = this.#nowMs() - this.#keptMs;
    return Math.max(0, Math.floor(this.#call.remainingMs - waitedMs));
  }

  get isGone(): boolean {
    return this.#call.isGone;
  }

  answer(byteLength: number, write: (target: Uint8Array, at: number) => void): void {
    this.#call.answer(byteLength, write);
  }
}
