import { join } from "node:path";
import { StorageError } from "../../errors.ts";
import { emit } from "../../events.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import type { CompactionResult, CompactionStatistics, MaintenanceOptions } from "../../store.ts";
import { segmentName } from "../file-names.ts";
import { RECORD_START_BYTES } from "../format/field.ts";
import { RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import type { Group } from "../group.ts";
import type { GroupCommit } from "../group-commit.ts";
import type { GroupGatherer } from "../group-gatherer.ts";
import type { LoggedIndex } from "../logged-index.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SegmentFiles } from "../segment-files.ts";
import type { SegmentLengths } from "../segment-lengths.ts";
import { isSystemError, systemReason } from "../system-reason.ts";
import { deadShare, isDue, type LogUse, portionBytes } from "./compaction-policy.ts";
import { readGroups, SegmentDamage, type SegmentGroup } from "./segment-groups.ts";

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

/** Bytes of the log that a pass which was asked for looks at between two pauses. */
const PASS_PORTION_BYTES = 2 ** 20;

/** Buckets that are said again between two pauses. */
const BUCKETS_AT_ONCE = 1000;

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
  #state: CompactionStatistics["state"] = "idle";
  #reason: string | undefined;
  #segmentsRemoved = 0;
  #copiedBytes = 0;
  #isClosing = false;
  #work: Promise<void> = Promise.resolve();
  #lastCopy: Group | undefined;
  /** No further round before callers have written so much. */
  #restUntilBytes = 0;
  /** Bytes of the log when the latest portion was handed out. */
  #seenBytes = 0;
  #seenCopiedBytes = 0;

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  get statistics(): CompactionStatistics {
    const [segmentsRemoved, copiedBytes] = [this.#segmentsRemoved, this.#copiedBytes];
    return { state: this.#state, reason: this.#reason, segmentsRemoved, copiedBytes };
  }

  /** Runs until less of the log is dead than the limit says, if more is. To be called now and then. */
  wake(): void {
    if (this.#state !== "idle" || this.#isClosing || !this.#isDue()) return;
    const { lengths, gatherer } = this.#options;
    const last = gatherer.segment;
    this.#work = this.#run(async () => {
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
    const { lengths, gatherer } = this.#options;
    const beforeBytes = lengths.totalBytes;
    const last = gatherer.rotate();
    let doneBytes = 0;
    const portion = async (): Promise<number> => {
      signal?.throwIfAborted();
      onProgress?.(doneBytes, beforeBytes);
      await this.#pause();
      return PASS_PORTION_BYTES;
    };
    let failure: unknown;
    this.#work = this.#run(
      async () => {
        while (lengths.first <= last && deadShare(this.#use()) > CLEAN_DEAD_SHARE) {
          doneBytes += lengths.of(lengths.first);
          await this.#removeOldest(portion);
        }
      },
      (error) => {
        failure = error;
      },
    );
    await this.#work;
    this.#assertUsable();
    if (failure !== undefined) throw failure;
    return { beforeBytes, afterBytes: lengths.totalBytes };
  }

  /** Resolves when nothing is being done any more; a segment that is half done is done again another time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#work;
  }

  /** Does `work`, alone. What the disk or a caller stops it with is told, if anybody asks; a bug is not caught. */
  async #run(work: () => Promise<void>, onFailure?: (error: unknown) => void): Promise<void> {
    this.#state = "running";
    try {
      await work();
    } catch (error) {
      if (error instanceof SegmentDamage || isSystemError(error)) return this.#stop(error);
      const isAskedFor = error instanceof Interruption || onFailure !== undefined;
      if (!isAskedFor && !(error instanceof StorageError)) throw error;
      onFailure?.(error);
    }
    this.#state = "idle";
    return undefined;
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
    const { commits, lengths, files, logged, path } = this.#options;
    const segment = lengths.first;
    await commits.flush();
    const copiedBefore = this.#copiedBytes;
    await this.#copyLiving(segment, nextPortion);
    await commits.flush();
    logged.trim(segment + 1);
    await commits.flush();
    const bytes = lengths.of(segment);
    lengths.delete(segment);
    await files.remove(segment);
    this.#segmentsRemoved += 1;
    const copiedBytes = this.#copiedBytes - copiedBefore;
    const message = `Removed segment ${segment} of the store at "${path}": ${bytes} bytes, ${copiedBytes} of them were still needed`;
    emit({ level: "debug", type: "segment-removed", message, path, bytes, copiedBytes });
  }

  /** Writes what is needed of `segment` at the end of the log. */
  async #copyLiving(segment: number, nextPortion: () => Promise<number>): Promise<void> {
    const { files, lengths, seed, index, logged } = this.#options;
    using _pin = files.pin(segment);
    const buckets: number[] = [];
    const cursor = new RecordCursor();
    let portion = 0;
    const toRead = { segment, lengthBytes: lengths.of(segment), seed };
    for await (const group of readGroups(files, toRead)) {
      const { payload } = group;
      cursor.open(payload, 0, payload.length);
      while (cursor.nextRecord()) {
        if (portion <= 0) portion = await nextPortion();
        portion -= RECORD_START_BYTES;
        if (cursor.type === RECORD_TYPE.bucket) buckets.push(cursor.bucketId);
        const holdsFields = cursor.type === RECORD_TYPE.put || cursor.type === RECORD_TYPE.copy;
        while (holdsFields && cursor.nextItem()) {
          portion -= cursor.fieldEnd - cursor.fieldStart;
          this.#copyField(segment, group, cursor);
        }
      }
    }
    for (const [count, id] of buckets.entries()) {
      if (count % BUCKETS_AT_ONCE === 0) await nextPortion();
      const bucket = index.bucketWithId(id);
      const isLatest = bucket !== 0 && index.bucketSegment(bucket) === segment;
      if (isLatest) this.#lastCopy = logged.restate(bucket);
    }
  }

  #copyField(segment: number, { payload, payloadAt }: SegmentGroup, field: RecordCursor): void {
    const { index, logged } = this.#options;
    const { bucketId, fieldStart, keyStart, keyEnd, fieldEnd } = field;
    const bucket = index.bucketWithId(bucketId);
    if (bucket === 0) return;
    const entry = index.find(bucket, payload, keyStart, keyEnd);
    if (entry === 0 || index.segment(entry) !== segment) return;
    if (index.offset(entry) !== payloadAt + fieldStart) return;
    this.#lastCopy = logged.copy({ bucket, entry, value: payload.subarray(keyEnd, fieldEnd) });
    this.#copiedBytes += fieldEnd - fieldStart;
  }

  /** Waits its turn; how many bytes to look at then. */
  async #portion(): Promise<number> {
    await this.#pause();
    const { lengths, deadShareLimit } = this.#options;
    const copied = this.#copiedBytes - this.#seenCopiedBytes;
    const written = Math.max(0, lengths.totalBytes - this.#seenBytes - copied);
    this.#seenBytes = lengths.totalBytes;
    this.#seenCopiedBytes = this.#copiedBytes;
    return portionBytes(this.#use(), deadShareLimit, written);
  }

  /** Lets others go first, and the disk take what was copied: no more than a portion is ever under way. */
  async #pause(): Promise<void> {
    const { scheduler, commits } = this.#options;
    do {
      await new Promise<void>((resolve) => scheduler.soon(resolve));
      if (this.#isClosing) throw new Interruption();
    } while (commits.failure !== undefined);
    await this.#lastCopy?.durable;
    this.#lastCopy = undefined;
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

/** The store is being closed. */
class Interruption extends Error {
  override readonly name = "Interruption";
}
