import type { LoggedIndex } from "../logged-index.ts";
import { CompactionDebt } from "./compaction-debt.ts";
import {
  type DeadLimits,
  idlePortionBytes,
  LARGEST_PORTION_BYTES,
  type LogUse,
  pace,
} from "./compaction-policy.ts";
import type { SegmentCopier } from "./segment-copier.ts";

/** What a {@link CompactionPace} goes by. */
export interface CompactionPaceOptions extends DeadLimits {
  readonly logged: LoggedIndex;
  readonly copier: SegmentCopier;
  /** The log as it is at the call. */
  readonly use: () => LogUse;
  readonly segmentLimitBytes: number;
}

/** Callers hear of nothing while more than this is owed, or than a segment holds if that is less. */
const MOST_BEHIND_BYTES = 16 * 2 ** 20;

/** When so much is owed there is no pause of milliseconds: only others have their turn. */
const HURRY_BYTES = 32 * 1024;

/** So many bytes of copies may be on their way to the disk when something is owed. */
const COPIES_UNDER_WAY_BYTES = 4 * 2 ** 20;

/** How fast compaction has to be just now, by what callers have written and what it has looked at. */
export class CompactionPace {
  readonly #options: CompactionPaceOptions;
  readonly #debt = new CompactionDebt();
  /** Above 0 while a whole pass is made that somebody has asked for. */
  #leastPace = 0;
  /** Of what was copied this much was waited for. */
  #settledBytes = 0;

  constructor(options: CompactionPaceOptions) {
    this.#options = options;
  }

  /** Compaction begins, at `leastPace` bytes for each one written or more, without pauses if that is above 0: nothing is owed yet. */
  begin(leastPace = 0): void {
    const { logged, copier } = this.#options;
    this.#leastPace = leastPace;
    this.#debt.begin(logged.writtenBytes, copier.lookedAtBytes);
  }

  /** Whether there is no time for pauses. */
  get isHurried(): boolean {
    return this.#leastPace > 0 || this.#owedBytes() >= HURRY_BYTES;
  }

  /** Whether callers are so much faster that they have to be slowed down. */
  get isBehind(): boolean {
    return this.#owedBytes() > Math.min(MOST_BEHIND_BYTES, this.#options.segmentLimitBytes);
  }

  /** How many bytes to look at next. */
  portionBytes(): number {
    const { use } = this.#options;
    if (this.#leastPace > 0) return LARGEST_PORTION_BYTES;
    const owedBytes = this.#owedBytes();
    if (owedBytes >= HURRY_BYTES) return Math.min(owedBytes, LARGEST_PORTION_BYTES);
    return idlePortionBytes(use(), this.#options);
  }

  /** Lets the disk take what was copied: all of it when there is no hurry, else when it is much. */
  async settleCopies(): Promise<void> {
    const { copier } = this.#options;
    const { copiedBytes } = copier;
    const mayWaitBytes = this.isHurried ? COPIES_UNDER_WAY_BYTES : 0;
    if (copiedBytes - this.#settledBytes <= mayWaitBytes) return;
    this.#settledBytes = copiedBytes;
    await copier.takeLatest()?.written;
  }

  #owedBytes(): number {
    const { logged, copier, use } = this.#options;
    const nowPace = Math.max(this.#leastPace, pace(use(), this.#options));
    return this.#debt.settle(logged.writtenBytes, copier.lookedAtBytes, nowPace);
  }
}
