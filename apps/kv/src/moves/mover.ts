import type { Child } from "@kv/application";
import type { NodeName } from "@kv/cluster";
import { StorageError } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import { KvError } from "../errors.ts";
import { emit } from "../events.ts";
import { quoteBytes } from "../quote-bytes.ts";
import { BackOff } from "./back-off.ts";
import { concurrently } from "./concurrently.ts";
import type { CopiedStore, Departing, MovedRecord } from "./departing.ts";
import { moveBucket, type MoveResult } from "./move-bucket.ts";
import { MoveRefused, type MoveTarget } from "./move-target.ts";
import { Wakeup } from "./wakeup.ts";

/** A bucket that is held here and belongs to another node. */
export interface Misplaced {
  readonly bucket: BucketName;
  readonly to: NodeName;
}

/** Where a mover learns what there is to do, and writes down what it has done. */
export interface MovesAtHome {
  /** The plan whose table this node has adopted, while one is under way. */
  adoptedPlanId(): string | undefined;
  /** What is held here and the table in force gives to others; one that is there throughout is never missed. */
  misplaced(): AsyncIterable<Misplaced>;
  depart(bucket: BucketName, moveId: string): Departing | undefined;
  /** What was given away. */
  moved(): Iterable<MovedRecord>;
  /** The new owner serves it: drops the copy that is left here. */
  confirm(bucket: BucketName, moveId: string): Promise<void>;
}

/** What a mover works with. */
export interface MoverOptions {
  readonly self: NodeName;
  readonly home: MovesAtHome;
  /** `undefined` while it is not open; `"none"` for a node that never has one, and nothing to move. */
  readonly store: () => CopiedStore | "none" | undefined;
  readonly targetOf: (node: NodeName) => MoveTarget;
  readonly pauseLimitMs: () => number;
  readonly nowMs: () => number;
  /** Pauses between tries; 0.1 to 5 s by default. */
  readonly retry?: { readonly leastMs: number; readonly mostMs: number };
}

/** How far a mover has come with the latest plan, since its node was started. */
export interface MoverReport {
  /** Of keys and values, as they were sent. */
  readonly movedBytes: number;
  /** How long requests for a bucket have waited. */
  readonly longestPauseMs: number;
  /** Whether there was nothing left to do when it looked last, and nothing has been asked of it since. */
  readonly isIdle: boolean;
  /** How many buckets their new owners would not take. */
  readonly stuck: number;
  /** Why something could not be moved in the latest try. */
  readonly problem: string | undefined;
}

/** Buckets that move at a time: small ones spend their time waiting for the two disks. */
const width = 8;

/**
 * Moves what this node holds and the adopted table gives to others, and has moves that were committed confirmed: also those of an
 * earlier run. What fails is tried again, for ever, after pauses that grow.
 */
export class Mover {
  readonly #options: MoverOptions;
  readonly #wakeup = new Wakeup();
  readonly #backOff: BackOff;
  #movedBuckets = 0;
  #movedBytes = 0;
  #longestPauseMs = 0;
  #isIdle = false;
  #round = new Round();
  #told: string | undefined;
  #planId: string | undefined;

  constructor(options: MoverOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.retry ?? { leastMs: 100, mostMs: 5_000 });
  }

  get report(): MoverReport {
    return {
      movedBytes: this.#movedBytes,
      longestPauseMs: this.#longestPauseMs,
      isIdle: this.#isIdle,
      stuck: this.#round.stuck,
      problem: this.#round.problem,
    };
  }

  /** Has it look at once whether there is something to do. */
  wake(): void {
    this.#isIdle = false;
    this.#wakeup.wake();
  }

  /** Begins. `finished` rejects with what is a bug; disposing of it lets buckets that are half moved be where they were. */
  start(): Child {
    const stop = new AbortController();
    const finished = this.#run(stop.signal);
    return {
      finished,
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        this.#wakeup.wake();
        await finished.catch(() => undefined);
      },
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wakeup.clear();
      const round = new Round();
      const movedBefore = this.#movedBuckets;
      await this.#doAll(round, signal);
      this.#round = round;
      this.#tell(round, this.#movedBuckets - movedBefore);
      this.#isIdle = round.isClean && !this.#wakeup.isWoken;
      if (round.isClean) this.#backOff.worked();
      if (!signal.aborted) {
        await this.#wakeup.wait(round.isClean ? undefined : this.#backOff.failed());
      }
    }
  }

  async #doAll(round: Round, signal: AbortSignal): Promise<void> {
    const { home, store } = this.#options;
    const opened = store();
    if (opened === undefined) return round.failed("the store is not open");
    if (opened === "none") return undefined;
    const unconfirmed = Array.from(home.moved()).filter(({ isConfirmed }) => !isConfirmed);
    await concurrently(unconfirmed, width, (record) =>
      round.guard(record.to, signal, () => this.#confirm(record, signal)),
    );
    const planId = home.adoptedPlanId();
    if (planId === undefined) return;
    if (planId !== this.#planId) this.#beginPlan(planId);
    await concurrently(home.misplaced(), width, ({ bucket, to }) =>
      round.guard(to, signal, async () => {
        const result = await moveBucket(bucket, {
          ...this.#options,
          depart: (departing, moveId) => home.depart(departing, moveId),
          store: opened,
          target: this.#options.targetOf(to),
          to,
          planId,
          pauseLimitMs: this.#options.pauseLimitMs(),
          signal,
        });
        this.#count(result, { bucket, to }, round);
        if (result.type !== "moved") return;
        await this.#confirm({ bucket, to, moveId: result.moveId }, signal);
      }),
    );
  }

  #count(result: MoveResult, { bucket, to }: Misplaced, round: Round): void {
    const what = `${quoteBytes(bucket)} to ${to}`;
    if (result.type === "stuck") round.isStuck(`cannot move ${what}: ${result.reason}`);
    else if (result.type === "later") round.failed(`could not move ${what}: ${result.reason}`);
    else if (result.type === "moved") {
      this.#movedBuckets++;
      this.#movedBytes += result.bytes;
      this.#longestPauseMs = Math.max(this.#longestPauseMs, result.pauseMs);
    }
  }

  async #confirm(
    { bucket, to, moveId }: Pick<MovedRecord, "bucket" | "to" | "moveId">,
    signal: AbortSignal,
  ): Promise<void> {
    const { home, targetOf } = this.#options;
    const { outcome } = await targetOf(to).activateMove({ bucket, moveId });
    if (outcome.type === "refused") throw new MoveRefused(outcome.reason);
    signal.throwIfAborted();
    await home.confirm(bucket, moveId);
  }

  /** What is reported is about one plan. */
  #beginPlan(planId: string): void {
    const { self: node } = this.#options;
    emit({ level: "info", type: "moving", node, message: "begins to move buckets to other nodes" });
    this.#planId = planId;
    this.#movedBytes = 0;
    this.#longestPauseMs = 0;
  }

  #tell({ problem }: Round, moved: number): void {
    const { self: node } = this.#options;
    if (moved > 0) {
      const message = `moved ${moved} ${moved === 1 ? "bucket" : "buckets"} to other nodes`;
      emit({ level: "info", type: "moved", node, buckets: moved, message });
    }
    if (problem === undefined || problem === this.#told) return;
    this.#told = problem;
    emit({ level: "warn", type: "move-failed", node, message: problem });
  }
}

/** One look at all there is to do. */
class Round {
  readonly #unreached = new Set<NodeName>();
  #stuck = 0;
  #problem: string | undefined;

  get isClean(): boolean {
    return this.#problem === undefined;
  }

  get stuck(): number {
    return this.#stuck;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  failed(reason: string): void {
    this.#problem ??= reason;
  }

  isStuck(reason: string): void {
    this.#stuck++;
    this.failed(reason);
  }

  /** Does `work`, unless the node could not be asked before in this round; an operating failure of it is one of the round. */
  async guard(node: NodeName, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    if (signal.aborted || this.#unreached.has(node)) return;
    try {
      // Nobody waits for an answer of another node when this one is stopping.
      await unlessAborted(work(), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KvError) this.#unreached.add(node);
      else if (!(error instanceof StorageError || error instanceof MoveRefused)) throw error;
      this.failed(`could not move buckets to ${node}: ${error.message}`);
    }
  }
}

/** What `work` comes to; rejects as soon as the signal is aborted, and nobody listens to `work` any more. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  work.catch(() => undefined);
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
