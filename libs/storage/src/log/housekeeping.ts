import type { Clock } from "../clock.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import { dropOf } from "../state/decide-bucket.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { LoggedIndex } from "./logged-index.ts";
import type { Scheduler } from "./scheduler.ts";

/** Entries freed in one turn of the event loop: well under a millisecond's work. */
const SLICE_ENTRIES = 1000;

/** What {@link Housekeeping} keeps in order. */
export interface HousekeepingOptions {
  readonly index: KeyIndex;
  readonly logged: LoggedIndex;
  readonly commits: GroupCommit;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
}

/**
 * What is put off so that no caller waits for it: each second, and when it is woken, takes lapsed
 * keys out of the index, drops lapsed buckets, and frees the keys of dropped ones, a slice a turn.
 *
 * A lapsed key needs no record, for the one that put it there carries its time. A lapsed bucket is
 * logged as dropped, so that its keys count as dead for whoever replays the log, too.
 */
export class Housekeeping implements Disposable {
  readonly #options: HousekeepingOptions;
  readonly #ticking: Disposable;
  #isScheduled = false;
  #isOver = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#ticking = options.scheduler.everySecond(() => this.#tick());
  }

  /** There is work. */
  wake(): void {
    if (this.#isScheduled || this.#isOver) return;
    this.#isScheduled = true;
    this.#options.scheduler.endOfTurn(() => {
      this.#isScheduled = false;
      if (!this.#isOver && this.#doSlice()) this.wake();
    });
  }

  /** Takes everything that has lapsed out at once, for somebody who counts. */
  sweep(): void {
    const nowMs = this.#options.clock();
    this.#options.index.sweep(nowMs, Number.POSITIVE_INFINITY);
    this.#dropLapsed(nowMs, Number.POSITIVE_INFINITY);
  }

  /** Nothing is done any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#ticking[Symbol.dispose]();
  }

  #tick(): void {
    this.#options.commits.retry();
    if (this.#options.index.nextExpiryMs <= this.#options.clock()) this.wake();
  }

  /** Whether there is more. */
  #doSlice(): boolean {
    const { index, clock } = this.#options;
    const nowMs = clock();
    const swept = index.sweep(nowMs, SLICE_ENTRIES);
    const dropped = this.#dropLapsed(nowMs, SLICE_ENTRIES);
    const isMore = index.reclaim(SLICE_ENTRIES);
    return isMore || swept === SLICE_ENTRIES || dropped === SLICE_ENTRIES;
  }

  /** Drops up to `limit` buckets whose time is over; returns how many. A store that takes no writes keeps them. */
  #dropLapsed(nowMs: number, limit: number): number {
    const { index, logged, commits } = this.#options;
    let dropped = 0;
    while (commits.failure === undefined && dropped < limit) {
      const bucket = index.lapsedBucket(nowMs);
      if (bucket === 0) break;
      logged.commit([dropOf(index, bucket)]);
      dropped += 1;
    }
    if (dropped > 0) this.wake();
    return dropped;
  }
}
