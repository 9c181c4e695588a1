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
import { isSystemError, systemReason } from "../system-reason.ts";
import { deadShare, isDue, type LogUse, portionBytes } from "./compaction-policy.ts";
import { SegmentCopier } from "./segment-copier.ts";
import { SegmentDamage } from "./segment-groups.ts";

/** What compaction works on. */
export interface CompactorOptions {
  readonly path: string;
  readonly index: KeyIndex;
  readonly logged: LoggedIndex;
  readonly commits: GroupCommit;
  readonly gatherer: GroupGatherer;
  readonly lengths: SegmentLengths;
  readonly files: SegmentFiles;
  readonly scheduler: Scheduler;
  /** The store's checksum seed. */
  readonly seed: number;
  /** The share of the log that may be dead, above 0 and below 1. */
  readonly deadShareLimit: number;
}

/** A whole pass that was asked for is over when so little is dead: what is left is headers. */
const CLEAN_DEAD_SHARE = 0.02;

/** Bytes of the log that a pass which was asked for looks at between two pauses: beside callers who write, and alone. */
const PASS_PORTION_BYTES = 128 * 1024;
const LONE_PASS_PORTION_BYTES = 512 * 1024;

/**
 * Gives the space of dead bytes back, beside the traffic: takes the oldest segment, writes what of it
 * is still needed at the end of the log, and removes it once that is on the disk and the log says so.
 *
 * Interrupted anywhere, the log holds some records twice, and replaying it comes to the same: what is
 * written again is what the index held at that moment of the log. Nothing older than the oldest
 * segment exists, so what it says was removed need not be said again.
 */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #copier: SegmentCopier;
  #state: CompactionStatistics["state"] = "idle";
  #reason: string | undefined;
  #segmentsRemoved = 0;
  #isClosing = false;
  #work: Promise<unknown> = Promise.resolve();
  /** No further round before callers have written so much. */
  #restUntilBytes = 0;
  /** Bytes that had been appended when the latest portion was handed out. */
  #seenBytes = 0;
  #seenCopiedBytes = 0;

  constructor(options: CompactorOptions) {
    this.#options = options;
    this.#copier = new SegmentCopier(options);
  }

  get statistics(): CompactionStatistics {
    const [segmentsRemoved, copiedBytes] = [this.#segmentsRemoved, this.#copier.copiedBytes];
    return { state: this.#state, reason: this.#reason, segmentsRemoved, copiedBytes };
  }

  /** Runs until less of the log is dead than the limit says, if more is. To be called now and then. */
  wake(): void {
    if (this.#state !== "idle" || this.#isClosing || !this.#isDue()) return;
    const { lengths, gatherer } = this.#options;
    const last = gatherer.segment;
    this.#work = this.#runAlone(async () => {
      while (!this.#isClosing && this.#isDue() && lengths.first < last) {
        await this.#removeOldest(() => this.#portion());
      }
      // After a whole round what counts as dead is the log's own overhead: another would change nothing.
      if (this.#isDue()) this.#restUntilBytes = lengths.appendedBytes + lengths.totalBytes / 2;
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
      await this.#pause();
      return this.#takeWrittenBytes() > 0 ? PASS_PORTION_BYTES : LONE_PASS_PORTION_BYTES;
    };
    const pass = this.#run(async () => {
      while (lengths.first <= last && deadShare(this.#use()) > CLEAN_DEAD_SHARE) {
        doneBytes += lengths.of(lengths.first);
        await this.#removeOldest(portion);
      }
    });
    this.#work = Promise.allSettled([pass]);
    await pass;
    return { beforeBytes, afterBytes: lengths.totalBytes };
  }

  /** Resolves when nothing is being done any more; a segment that is half done is done again another time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#work;
  }

  /** Does `work`, and nothing else meanwhile. What stops it is thrown as a `StorageError`, or as it was if the caller did. */
  async #run(work: () => Promise<void>): Promise<void> {
    this.#state = "running";
    try {
      await work();
      this.#state = "idle";
    } catch (error) {
      this.#state = "idle";
      const isSegment = error instanceof SegmentDamage || isSystemError(error);
      if (isSegment) this.#stop(error);
      this.#assertUsable();
      throw error;
    }
  }

  /** As `run`, for nobody: what the disk stops it with was told, a bug is not caught. */
  async #runAlone(work: () => Promise<void>): Promise<void> {
    try {
      await this.#run(work);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  #stop(error: Error): void {
    const { path, lengths } = this.#options;
    const place =
      error instanceof SegmentDamage
        ? `"${join(path, segmentName(lengths.first))}" is damaged at byte ${error.offsetBytes}: ${error.message}`
        : systemReason(error).reason;
    this.#state = "stopped";
    this.#reason = place;
    const message = `Compaction of the store at "${path}" has stopped: ${place}; stop the node and run kv check on the directory`;
    emit({ level: "error", type: "compaction-stopped", message, path, reason: place });
  }

  #assertUsable(): void {
    const { path } = this.#options;
    if (this.#isClosing) throw new StorageError("STORAGE_NOT_OPEN", { path });
    if (this.#state === "stopped") {
      throw new StorageError("STORAGE_COMPACTION_STOPPED", { path, reason: this.#reason ?? "" });
    }
  }

  async #removeOldest(nextPortion: () => Promise<number>): Promise<void> {
    const { commits, lengths, files, logged, path, seed } = this.#options;
    const segment = lengths.first;
    await commits.flush();
    const copiedBefore = this.#copier.copiedBytes;
    await this.#copier.copy({ segment, lengthBytes: lengths.of(segment), seed }, nextPortion);
    await commits.flush();
    logged.trim(segment + 1);
    await commits.flush();
    const bytes = lengths.of(segment);
    lengths.delete(segment);
    await files.remove(segment);
    this.#segmentsRemoved += 1;
    const copiedBytes = this.#copier.copiedBytes - copiedBefore;
    const message = `Removed segment ${segment} of the store at "${path}": ${bytes} bytes, ${copiedBytes} of them were still needed`;
    emit({ level: "debug", type: "segment-removed", message, path, bytes, copiedBytes });
  }

  /** Waits its turn; how many bytes to look at then. */
  async #portion(): Promise<number> {
    await this.#pause();
    const { deadShareLimit } = this.#options;
    return portionBytes(this.#use(), deadShareLimit, this.#takeWrittenBytes());
  }

  /** What callers have written since this was asked the last time, in bytes of the log. */
  #takeWrittenBytes(): number {
    const { appendedBytes } = this.#options.lengths;
    const { copiedBytes } = this.#copier;
    const copied = copiedBytes - this.#seenCopiedBytes;
    const written = Math.max(0, appendedBytes - this.#seenBytes - copied);
    this.#seenBytes = appendedBytes;
    this.#seenCopiedBytes = copiedBytes;
    return written;
  }

  /** Lets others go first, and the disk take what was copied: no more than a portion is ever under way. */
  async #pause(): Promise<void> {
    const { scheduler, commits } = this.#options;
    do {
      await new Promise<void>((resolve) => scheduler.soon(resolve));
      this.#assertUsable();
      if (commits.isStopped) commits.assertWritable();
    } while (commits.failure !== undefined);
    await this.#copier.takeLatest()?.durable;
  }

  #isDue(): boolean {
    const { deadShareLimit, commits, lengths } = this.#options;
    if (commits.failure !== undefined || lengths.appendedBytes < this.#restUntilBytes) return false;
    return isDue(this.#use(), deadShareLimit);
  }

  #use(): LogUse {
    const { lengths, index, gatherer } = this.#options;
    const closedSegments = lengths.first < gatherer.segment ? 1 : 0;
    return { totalBytes: lengths.totalBytes, liveBytes: index.liveBytes, closedSegments };
  }
}
