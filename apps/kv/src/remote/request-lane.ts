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

/** What one node has asked about one bucket, as far as it is passed on or waits. */
interface Track {
  underWay: number;
  epoch: unknown;
  waiting: ServedCall[];
}

/**
 * The requests of one node, as far as they are passed on or wait. What was passed on, and what is served here now, might overtake each
 * other when a bucket has changed its owner between the two: then what comes later waits until all before it is answered. Buckets do not wait
 * for each other: three nodes that each wait for an answer about another bucket would wait for ever.
 */
export class RequestLane {
  readonly #terms: LaneTerms;
  readonly #tracks = new Map<string, Track>();
  /** Of whatever is under way, or waits, and the epoch of the oldest. */
  #held = 0;
  #epoch: unknown;

  constructor(terms: LaneTerms) {
    this.#terms = terms;
  }

  /** Whether any request that comes now has to wait: cheap, and mostly not so. */
  mayHold(epoch: unknown): boolean {
    return this.#held > 0 && this.#epoch !== epoch;
  }

  /** Whether a request about `bucket` that comes now has to wait for those before it. */
  mustWait(bucket: string, epoch: unknown): boolean {
    const track = this.#tracks.get(bucket);
    if (track === undefined) return false;
    return track.waiting.length > 0 || (track.underWay > 0 && track.epoch !== epoch);
  }

  /** Has a request about `bucket` wait; its bytes are kept. */
  add(bucket: string, call: ServedCall): void {
    this.#held++;
    this.#trackOf(bucket).waiting.push(new KeptCall(call, this.#terms.nowMs));
  }

  /** `reply` is told what becomes of `later`, which is about `bucket` and was begun at `epoch`. */
  // oxlint-disable-next-line max-params -- who is told, of what, and when it was begun
  follow(bucket: string, later: Later<AnyOutcome>, reply: ServedReply, epoch: unknown): void {
    // The oldest one counts: a request that goes on whatever there is must not make it look as if all were of its own epoch.
    if (this.#held === 0) this.#epoch = epoch;
    const track = this.#trackOf(bucket);
    if (track.underWay === 0) track.epoch = epoch;
    this.#held++;
    track.underWay++;
    later.whenSettled({
      answered: (answer) => {
        reply.answered(answer);
        this.#settled(bucket, track);
      },
      failed: (error) => {
        reply.failed(error);
        this.#settled(bucket, track);
      },
    });
  }

  #trackOf(bucket: string): Track {
    const track = this.#tracks.get(bucket) ?? { underWay: 0, epoch: undefined, waiting: [] };
    this.#tracks.set(bucket, track);
    return track;
  }

  #settled(bucket: string, track: Track): void {
    this.#held--;
    track.underWay--;
    if (track.underWay > 0) return;
    const { waiting } = track;
    track.waiting = [];
    for (const call of waiting) {
      if (this.mustWait(bucket, this.#terms.epoch())) track.waiting.push(call);
      else {
        this.#held--;
        this.#terms.begin(call);
      }
    }
    if (track.underWay === 0 && track.waiting.length === 0) this.#tracks.delete(bucket);
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
