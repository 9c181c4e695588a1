import { join } from "node:path";
import { StorageError } from "../../errors.ts";
import { emit } from "../../events.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import type { CompactionResult, MaintenanceOptions } from "../../maintenance.ts";
import type { CompactionStatistics } from "../../statistics.ts";
import { segmentName } from "../file-names.ts";
import type { GroupCommit } from "../group-commit.ts";
import type { GroupGatherer } from "../group-gatherer.ts";
import type { LoggedIndex } from "../logged-index.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SegmentFiles } from "../segment-files.ts";
import type { SegmentLengths } from "../segment-lengths.ts";
import { CHECK_COMMAND } from "../../operator-commands.ts";
import { isSystemError, systemReason } from "../system-reason.ts";
import type { SegmentWriter } from "../segment-writer.ts";
import { CompactionPace } from "./compaction-pace.ts";
import { type DeadLimits, deadShare, isDue, type LogUse, PASS_PACE } from "./compaction-policy.ts";
import { CompactionRounds, type LogSums } from "./compaction-rounds.ts";
import type { DeadPlaces } from "./dead-places.ts";
import { SegmentCopier } from "./segment-copier.ts";
import { SegmentDamage } from "./segment-groups.ts";
import { SegmentRemover } from "./segment-remover.ts";

/** What compaction works on. */
export interface CompactorOptions extends DeadLimits {
  readonly path: string;
  readonly index: KeyIndex;
  readonly logged: LoggedIndex;
  readonly commits: GroupCommit;
  readonly gatherer: GroupGatherer;
  readonly segments: SegmentWriter;
  readonly lengths: SegmentLengths;
  readonly files: SegmentFiles;
  readonly dead: DeadPlaces;
  readonly scheduler: Scheduler;
  /** The store's checksum seed. */
  readonly seed: number;
  readonly segmentLimitBytes: number;
}

/** So many bytes may be in segments that were emptied and are still there: while a backup reads them they cannot go. */
const MOST_EMPTIED_BYTES = 256 * 2 ** 20;

/** A whole pass that was asked for is over when so little is dead: what is left is headers. */
const CLEAN_DEAD_SHARE = 0.02;

/**
 * Gives the space of dead bytes back, beside the traffic: takes the oldest segment, writes what of it
 * is still needed at the end of the log, and removes it once that is on the disk and the log says so.
 *
 * Interrupted anywhere, the log holds some records twice, and replaying it comes to the same: what is
 * written again is what the index held at that moment of the log. Nothing older than the oldest
 * segment exists, so what it says was removed need not be said again.
 *
 * While callers write faster than it can follow they hear of their writes later; so the share of dead
 * bytes is bounded whatever they do, as long as each waits for answers now and then.
 */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #copier: SegmentCopier;
  readonly #remover: SegmentRemover;
  readonly #rounds: CompactionRounds;
  readonly #pace: CompactionPace;
  #state: CompactionStatistics["state"] = "idle";
  #reason: string | undefined;
  /** The segment that is being emptied. */
  #segment = 0;
  #isClosing = false;
  #waitsForReaders = false;
  /** Ends the pause before the next portion, so that a stop need not wait for it. */
  #endPause: () => void = () => {};
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: CompactorOptions) {
    this.#options = options;
    this.#copier = new SegmentCopier(options);
    this.#remover = new SegmentRemover(options);
    this.#rounds = new CompactionRounds(options.deadShareLimit);
    this.#pace = new CompactionPace({ ...options, copier: this.#copier, use: () => this.#use() });
    options.commits.acknowledgements.holdsBack = () => this.#isBehind();
  }

  get statistics(): CompactionStatistics {
    const { removed: segmentsRemoved } = this.#remover;
    const { copiedBytes } = this.#copier;
    return { state: this.#state, reason: this.#reason, segmentsRemoved, copiedBytes };
  }

  /** Runs until less of the log is dead than the limit says, if more is. To be called now and then. */
  wake(): void {
    if (this.#state !== "idle" || this.#isClosing) return;
    if (this.#options.commits.failure !== undefined) return;
    // What a full disk has kept from going may go by now.
    if (!this.#isDue() && this.#remover.emptiedBytes === 0) return;
    this.#work = this.#runAlone(async () => {
      while (!this.#isClosing && this.#isDue()) await this.#emptyOldest(() => this.#portion());
    });
  }

  /** Looks at every segment there is now. Rejects with what stops it. */
  async compact({ onProgress, signal }: MaintenanceOptions): Promise<CompactionResult> {
    // Others may have waited for the same end.
    while (this.#state === "running") await this.#work;
    this.#assertUsable();
    this.#options.commits.assertWritable();
    const { lengths, gatherer } = this.#options;
    const beforeBytes = lengths.totalBytes;
    const last = gatherer.rotate();
    let doneBytes = 0;
    const portion = async (): Promise<number> => {
      signal?.throwIfAborted();
      // It has to write to free anything: a full disk needs other space first.
      this.#options.commits.assertWritable();
      onProgress?.(doneBytes, beforeBytes);
      return this.#portion();
    };
    const pass = this.#run(PASS_PACE, async () => {
      while (this.#remover.next <= last && deadShare(this.#use()) > CLEAN_DEAD_SHARE) {
        doneBytes += lengths.of(this.#remover.next);
        await this.#emptyOldest(portion);
      }
    });
    this.#work = Promise.allSettled([pass]);
    await pass;
    return { beforeBytes, afterBytes: lengths.totalBytes };
  }

  /** Resolves when nothing is being done any more; a segment that is half done is done again another time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#options.commits.acknowledgements.release();
    this.#endPause();
    await this.#work;
  }

  /** Does `work`, and nothing else meanwhile. What stops it is thrown as a `StorageError`, or as it was if the caller did. */
  async #run(leastPace: number, work: () => Promise<void>): Promise<void> {
    this.#state = "running";
    this.#pace.begin(leastPace);
    try {
      try {
        await work();
      } finally {
        // Nothing is half done when it ends, whatever ends it; what keeps a segment comes first then.
        await this.#finishRemovals();
      }
      this.#state = "idle";
    } catch (error) {
      this.#state = "idle";
      const isSegment = error instanceof SegmentDamage || isSystemError(error);
      if (isSegment) this.#stop(error);
      this.#assertUsable();
      throw error;
    } finally {
      this.#options.commits.acknowledgements.release();
    }
  }

  /** As `run`, for nobody: what the disk stops it with was told, a bug is not caught. */
  async #runAlone(work: () => Promise<void>): Promise<void> {
    try {
      await this.#run(0, work);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  #stop(error: Error): void {
    const { path } = this.#options;
    const place =
      error instanceof SegmentDamage
        ? `"${join(path, segmentName(this.#segment))}" is damaged at byte ${error.offsetBytes}: ${error.message}`
        : systemReason(error).reason;
    this.#state = "stopped";
    this.#reason = place;
    const message = `Compaction of the store at "${path}" has stopped: ${place}; stop the node and run ${CHECK_COMMAND}`;
    emit({ level: "error", type: "compaction-stopped", message, path, reason: place });
  }

  #assertUsable(): void {
    const { path } = this.#options;
    if (this.#isClosing) throw new StorageError("STORAGE_NOT_OPEN", { path });
    if (this.#state === "stopped") {
      throw new StorageError("STORAGE_COMPACTION_STOPPED", { path, reason: this.#reason ?? "" });
    }
  }

  /** Appends what is needed of the oldest segment that was not emptied, and lets it go. */
  async #emptyOldest(nextPortion: () => Promise<number>): Promise<void> {
    const { commits, segments, lengths, dead, seed } = this.#options;
    const segment = this.#remover.next;
    this.#segment = segment;
    // Whoever began another one has made sure that this is on the disk.
    if (segment >= segments.end.segment) await commits.flush();
    this.#rounds.begin(this.#sums());
    const copiedBefore = this.#copier.copiedBytes;
    const lengthBytes = lengths.of(segment);
    await this.#copier.copy({ segment, lengthBytes, seed }, nextPortion);
    this.#remover.add(this.#copier.copiedBytes - copiedBefore);
    dead.forget(segment);
    this.#rounds.note(segment, lengthBytes, this.#sums());
    const isMuch = this.#remover.emptiedBytes > MOST_EMPTIED_BYTES;
    if (isMuch || this.#remover.hasFailed) await this.#finishRemovals();
  }

  /** A file may be read for as long as a backup takes: nobody else is kept waiting for that. */
  async #finishRemovals(): Promise<void> {
    this.#waitsForReaders = true;
    this.#options.commits.acknowledgements.release();
    try {
      await this.#remover.finish();
    } finally {
      this.#waitsForReaders = false;
    }
  }

  /** Waits its turn; how many bytes to look at then. */
  async #portion(): Promise<number> {
    await this.#pause();
    return this.#pace.portionBytes();
  }

  /** Lets others go first, and the disk take what was copied. */
  async #pause(): Promise<void> {
    const { scheduler, commits } = this.#options;
    if (!this.#isBehind()) commits.acknowledgements.release();
    do {
      await new Promise<void>((resolve) => {
        this.#endPause = resolve;
        // A full disk is tried again each second: there is nothing to hurry for.
        if (this.#pace.isHurried && commits.failure === undefined) scheduler.endOfTurn(resolve);
        else scheduler.soon(resolve);
      });
      this.#assertUsable();
      if (commits.isStopped) commits.assertWritable();
    } while (commits.failure !== undefined);
    await this.#pace.settleCopies();
  }

  #isBehind(): boolean {
    const mayHold = this.#state === "running" && !this.#isClosing && !this.#waitsForReaders;
    return mayHold && this.#pace.isBehind;
  }

  #isDue(): boolean {
    return !this.#rounds.isResting(this.#options.logged) && isDue(this.#use(), this.#options);
  }

  /** What was emptied is as good as gone. */
  #use(): LogUse {
    const { lengths, index, gatherer } = this.#options;
    const closedSegments = this.#remover.next < gatherer.segment ? 1 : 0;
    const totalBytes = lengths.totalBytes - this.#remover.emptiedBytes;
    return { totalBytes, liveBytes: index.liveBytes, closedSegments };
  }

  #sums(): LogSums {
    const { gatherer, logged, lengths } = this.#options;
    const { writtenBytes } = logged;
    const ownBytes = gatherer.gatheredBytes - writtenBytes;
    const totalBytes = lengths.totalBytes - this.#remover.emptiedBytes;
    return { segment: gatherer.segment, ownBytes, writtenBytes, totalBytes };
  }
}
