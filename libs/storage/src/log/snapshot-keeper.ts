import type { Clock } from "../clock.ts";
import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { SnapshotStatistics } from "../statistics.ts";
import type { FilePort } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { GroupGatherer } from "./group-gatherer.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SegmentLengths } from "./segment-lengths.ts";
import { writeSnapshot } from "./snapshot/write-snapshot.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

/** At a clean stop a tenth of what is put up with beside the traffic: what is behind then is all there is to replay. */
const SHARE_AT_STOP = 0.1;

/** Bytes of log that compaction, large values and puts of many fields may put behind a snapshot before it is made anew. */
const MUCH_LOG_BYTES = 512 * 2 ** 20;
const MUCH_LOG_BYTES_AT_STOP = 16 * 2 ** 20;

/** Above so many keys writing a snapshot takes longer than a stop may. */
const MOST_KEYS_AT_STOP = 40_000_000;

/**
 * The next snapshot waits for so many times the mutations that came while the latest one was written: half of the time, so,
 * writers have the processor to themselves, where a busy store would begin a snapshot in the second after each.
 */
const REST_FACTOR = 2;

/** What a {@link SnapshotKeeper} works with. */
export interface SnapshotKeeperOptions {
  readonly path: string;
  readonly files: FilePort;
  readonly storeId: StoreId;
  readonly index: KeyIndex;
  readonly gatherer: GroupGatherer;
  readonly commits: GroupCommit;
  readonly lengths: SegmentLengths;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** The least number of mutations behind a snapshot before the next one is written. */
  readonly snapshotEveryRecords: number;
  /** What this start had to replay. */
  readonly recordsBehind: number;
}

/**
 * Writes the index down now and then, so that a start need not replay the whole log: when the records
 * behind the latest snapshot are half as many as there are keys, and more than a few. So over time no
 * more is written for snapshots than for the log, about, and a start replays a bounded share of it.
 */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  /** The number of mutations and the log length at which the latest snapshot was begun, or would have been. */
  #fromRevision: number;
  #fromBytes: number;
  /** Mutations that came while the latest snapshot was being written. */
  #meanwhile = 0;
  #takenAtMs: number | undefined;
  /** Revisions that were passed over, and are no mutations. */
  #passedOver = 0;
  #work: Promise<void> = Promise.resolve();
  #isRunning = false;
  readonly #closing = new AbortController();

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
    this.#fromRevision = options.index.lastRevision - options.recordsBehind;
    this.#fromBytes = options.lengths.appendedBytes;
  }

  get statistics(): SnapshotStatistics {
    const { recordsBehind } = this;
    return { takenAtMs: this.#takenAtMs, recordsBehind, isRunning: this.#isRunning };
  }

  /** Mutations that the next start has to replay, but for what compaction wrote again. */
  get recordsBehind(): number {
    return this.#mutations - this.#fromRevision;
  }

  /** Takes notice of `count` revisions that are given to no mutation. */
  passOver(count: number): void {
    this.#passedOver += count;
  }

  /** A number that grows by one with each mutation. */
  get #mutations(): number {
    return this.#options.index.lastRevision - this.#passedOver;
  }

  /** Begins a snapshot when it is due. To be called now and then. */
  wake(): void {
    if (this.#isRunning || this.#closing.signal.aborted) return;
    const { index, commits, lengths, snapshotEveryRecords } = this.#options;
    if (commits.failure !== undefined) return;
    const bytesBehind = lengths.appendedBytes - this.#fromBytes;
    const { recordsBehind } = this;
    const isDue =
      (recordsBehind > Math.max(snapshotEveryRecords, index.keyCount / 2) &&
        recordsBehind > REST_FACTOR * this.#meanwhile) ||
      bytesBehind > Math.max(MUCH_LOG_BYTES, index.liveBytes / 2);
    if (isDue) this.#work = this.#take();
  }

  /**
   * Gives up the snapshot under way, if there is one, and writes a last one when a start would have
   * much to replay. Everything appended must have been written, and nothing may be appended any more.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
    const { index, commits, lengths, snapshotEveryRecords } = this.#options;
    if (commits.failure !== undefined || index.keyCount > MOST_KEYS_AT_STOP) return;
    const fewRecords = SHARE_AT_STOP * Math.max(snapshotEveryRecords, index.keyCount);
    const fewBytes = Math.max(MUCH_LOG_BYTES_AT_STOP, SHARE_AT_STOP * index.liveBytes);
    const bytesBehind = lengths.appendedBytes - this.#fromBytes;
    if (this.recordsBehind <= fewRecords && bytesBehind <= fewBytes) return;
    await this.#take(new AbortController().signal);
  }

  async #take(signal = this.#closing.signal): Promise<void> {
    const { path, gatherer, commits, lengths, scheduler } = this.#options;
    const from = gatherer.mark();
    const { firstSegment } = gatherer;
    const [revision, bytes] = [this.#mutations, lengths.appendedBytes];
    this.#isRunning = true;
    try {
      const { keys, fileBytes } = await writeSnapshot({
        ...this.#options,
        directory: path,
        from,
        firstSegment,
        turn: () => new Promise((resolve) => scheduler.endOfTurn(resolve)),
        settle: () => commits.flush(),
        signal,
      });
      [this.#fromRevision, this.#fromBytes] = [revision, bytes];
      this.#meanwhile = this.#mutations - revision;
      this.#takenAtMs = this.#options.clock();
      const message = `Wrote a snapshot of the index of the store at "${path}"; keys: ${keys}, bytes: ${fileBytes}`;
      emit({ level: "debug", type: "snapshot-taken", message, path, keys, bytes: fileBytes });
    } catch (error) {
      this.#tell(error, signal);
    } finally {
      this.#isRunning = false;
    }
  }

  /** There is no new snapshot, and nothing else is lost: the next start replays more. */
  #tell(error: unknown, signal: AbortSignal): void {
    if (signal.aborted && error === signal.reason) return;
    if (!isSystemError(error) && !(error instanceof StorageError)) throw error;
    const { path } = this.#options;
    const reason = error instanceof StorageError ? error.message : systemReason(error).reason;
    // The next try is due when as much again has been written.
    [this.#fromRevision, this.#fromBytes] = [this.#mutations, this.#options.lengths.appendedBytes];
    const message = `Could not write a snapshot of the index of the store at "${path}": ${reason}; the next start replays more of the log`;
    emit({ level: "warn", type: "snapshot-failed", message, path, reason });
  }
}
