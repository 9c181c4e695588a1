import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import type { BucketRef } from "../key-index/key-index.ts";
import type { FieldPlace } from "../plain-operations.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import type { FieldBytes } from "./format/encode-record.ts";
import type { Group } from "./group.ts";
import type { GroupGatherer, GroupRecord } from "./group-gatherer.ts";
import { ChangeGuard } from "../state/change-guard.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import { isDiskFull, isSystemError, systemReason } from "./system-reason.ts";

/** What group commit works with. */
export interface GroupCommitOptions {
  /** The store's directory, for messages. */
  readonly path: string;
  readonly gatherer: GroupGatherer;
  readonly segments: SegmentWriter;
  readonly scheduler: Scheduler;
  /** The latest mutation in the log as it was opened; 0 for none. */
  readonly lastRevision: number;
}

/** Why nothing is written at the moment, or any more. */
interface Obstacle {
  readonly error: StorageError<"STORAGE_WRITE_UNKNOWN">;
  /** Whether it may go away by itself: the disk is full, and what was written in vain has been taken back. */
  readonly mayPass: boolean;
}

/**
 * Group commit: every record that arrives while a group is being written joins the next one, so the
 * slower the disk, the larger the groups, and a thousand callers wait for one write.
 *
 * Mutations are numbered store-wide and written in that order. What is safe is therefore a single
 * number, and whether an answer has to wait is one comparison.
 *
 * Where a write need not be on the disk before it is acknowledged, a group is written within the turn
 * that gathered it: a copy into the system's memory takes less than a hop to another thread.
 *
 * A failed sync is final: the system may have dropped the very pages it could not write, and would
 * report success the next time. So is a failed write, unless the disk is full. Then whatever waits is
 * answered as unknown and kept; what was written of it is taken back, and each second all of it is
 * tried again, until it is in the log and new writes are taken. So the log and what was applied before
 * never part.
 */
export class GroupCommit {
  /** When callers hear of what was written. A failure releases what is held back: it is written. */
  readonly acknowledgements = new Acknowledgements();
  readonly #options: GroupCommitOptions;
  /** Not in the log yet, oldest first; after a final failure, those that never will be. */
  readonly #groups: Group[] = [];
  #durableRevision: number;
  #isScheduled = false;
  readonly #guard: ChangeGuard;
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();
  #obstacle: Obstacle | undefined;
  readonly #onEndOfTurn = (): void => {
    this.#isScheduled = false;
    this.#guard.assertWhole();
    this.#startWriting();
  };

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#guard = new ChangeGuard(options.path);
    this.#durableRevision = options.lastRevision;
  }

  /** Why nothing is written at the moment, or any more, if that is so. */
  get failure(): StorageError<"STORAGE_WRITE_UNKNOWN"> | undefined {
    return this.#obstacle?.error;
  }

  /** Whether nothing will be written any more. */
  get isStopped(): boolean {
    return this.#obstacle?.mayPass === false;
  }

  /** What waits for the log, in bytes. */
  get pendingBytes(): number {
    return this.#groups.reduce((sum, { writer }) => sum + writer.length, 0);
  }

  /** Throws `STORAGE_READ_ONLY` after a failure. To be asked before anything is decided. */
  assertWritable(): void {
    if (this.#obstacle !== undefined) throw refusal(this.#obstacle.error);
  }

  /**
   * The index and the log are about to be changed, until {@link endChange}. Code that is terminated in between, which runs no
   * `finally`, leaves neither whole: then nothing more is written, and what is thrown for that ends the process.
   */
  beginChange(): void {
    this.#guard.begin();
  }

  /** They say the same again. */
  endChange(): void {
    this.#guard.end();
  }

  /** Takes over records that are about to be applied, all of them into the same group. */
  append(records: readonly GroupRecord[]): Group {
    return this.#take(this.#options.gatherer.add(records));
  }

  /** {@link append} for the put of one field that never expires into a bucket that is there. */
  appendPut(bucket: BucketRef, revision: number, field: FieldPlace): Group {
    return this.#take(this.#options.gatherer.addPut(bucket, revision, field));
  }

  /** {@link append} for the copy of a field, as it lies among other bytes, of a bucket that is there. */
  appendCopy(bucket: BucketRef, revision: number, field: FieldBytes): Group {
    return this.#take(this.#options.gatherer.addCopy(bucket, revision, field));
  }

  #take(group: Group): Group {
    const groups = this.#groups;
    if (groups.length === 0 || groups[groups.length - 1] !== group) groups.push(group);
    // Whoever had begun before the failure hears of it as all others did, also where it may pass: a store that is being
    // closed waits for those who wait for this, and only then tries again.
    if (this.#obstacle !== undefined) this.#failLate(group, this.#obstacle);
    if (!this.#isWriting && !this.#isScheduled) {
      this.#isScheduled = true;
      this.#options.scheduler.endOfTurn(this.#onEndOfTurn);
    }
    return group;
  }

  #failLate(group: Group, { error, mayPass }: Obstacle): void {
    group.fail(mayPass ? error : refusal(error));
  }

  /** What has to settle before anything that rests on mutation `revision` may be told. */
  durableOf(revision: number): Promise<void> | undefined {
    if (revision <= this.#durableRevision) return undefined;
    return this.#groups.find((group) => revision <= group.lastRevision)?.durable;
  }

  /** A copy of bytes of the log that are not written yet; `undefined` when they are, or never were gathered. */
  readPending(segment: number, offsetBytes: number, lengthBytes: number): Uint8Array | undefined {
    for (const group of this.#groups) {
      const bytes = group.read(segment, offsetBytes, lengthBytes);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  /** Syncs what was written. A failure is final; after one it does nothing. */
  async sync(): Promise<void> {
    if (this.#obstacle?.mayPass === false) return;
    try {
      await this.#options.segments.sync();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /**
   * Resolves when everything appended until now is in the log and survives a power cut, to the number
   * of its last group. Rejects when that cannot be said. It does not wait for acknowledgements that
   * are held back.
   */
  async flush(): Promise<number> {
    if (this.#obstacle?.mayPass === false) throw this.#obstacle.error;
    const last = this.#groups.at(-1);
    // Known before the wait: what is written during it need not be on the disk at its end.
    const { sequence } = last?.place ?? this.#options.segments.end;
    await last?.written;
    await this.sync();
    if (this.#obstacle !== undefined) throw this.#obstacle.error;
    return sequence;
  }

  /** Tries again what a full disk has held up. */
  retry(): void {
    if (this.#obstacle?.mayPass === true && !this.#isWriting) this.#writing = this.#writeGroups();
  }

  /** Takes no more writes, as after a failed sync: `reason` is a system error. */
  stop(reason: Error): void {
    this.#giveUp(reason);
  }

  /** Resolves when everything appended has been written, or has failed. Nothing may be appended after it. */
  async drain(): Promise<void> {
    this.#startWriting();
    await this.#writing;
    this.retry();
    await this.#writing;
  }

  #startWriting(): void {
    if (this.#obstacle !== undefined || this.#groups.length === 0) return;
    if (!this.#isWriting) this.#writing = this.#writeGroups();
  }

  async #writeGroups(): Promise<void> {
    const { gatherer, segments } = this.#options;
    this.#isWriting = true;
    try {
      for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
        this.#guard.assertWhole();
        if (group === this.#groups.at(-1)) gatherer.close();
        if (segments.canAppendNow(group)) segments.appendNow(group);
        else await segments.append(group);
        this.#groups.shift();
        this.#durableRevision = Math.max(this.#durableRevision, group.lastRevision);
        gatherer.recycle(group.writer);
        group.settle();
        this.acknowledgements.give(group);
        if (this.#obstacle?.mayPass === false) break;
      }
      if (this.#obstacle?.mayPass === true) this.#resume();
    } catch (error) {
      await this.#hold(error);
    }
    this.#isWriting = false;
  }

  /** A write has failed: holds everything back, and finds out whether it may be tried again. */
  async #hold(error: unknown): Promise<void> {
    if (!isSystemError(error)) throw error;
    this.acknowledgements.release();
    const isFull = isDiskFull(error);
    if (!isFull) this.#giveUp(error);
    else if (this.#obstacle === undefined) {
      this.#obstacle = { error: this.#unknown(error), mayPass: true };
      for (const group of this.#groups) group.fail(this.#obstacle.error);
      this.#tell("writes-held", "until that is mended it takes no writes; it tries each second");
    }
    const isClean = await this.#options.segments.cutBack();
    if (isFull && !isClean) this.#giveUp(error);
  }

  #resume(): void {
    this.#tell("writes-resumed", "that is over: it takes writes again");
    this.#obstacle = undefined;
  }

  #giveUp(error: unknown): void {
    if (!isSystemError(error)) throw error;
    if (this.#obstacle?.mayPass === false) return;
    this.acknowledgements.release();
    this.#obstacle = { error: this.#unknown(error), mayPass: false };
    const failure = this.#obstacle.error;
    const isUnderWay = this.#isWriting;
    for (const [index, group] of this.#groups.entries()) {
      group.fail(isUnderWay && index === 0 ? failure : refusal(failure));
    }
    this.#tell("writes-stopped", "it takes no more writes; restart the node once that is mended");
  }

  #unknown(error: Error): StorageError<"STORAGE_WRITE_UNKNOWN"> {
    const { path } = this.#options;
    const { reason } = systemReason(error);
    return new StorageError("STORAGE_WRITE_UNKNOWN", { path, reason }, { cause: error });
  }

  #tell(type: "writes-held" | "writes-resumed" | "writes-stopped", what: string): void {
    const { path } = this.#options;
    const reason = this.#obstacle?.error.details.reason ?? "";
    const message = `The store at "${path}": ${reason}; ${what}`;
    emit({ level: type === "writes-resumed" ? "info" : "error", type, message, path, reason });
  }
}

function refusal(
  failure: StorageError<"STORAGE_WRITE_UNKNOWN">,
): StorageError<"STORAGE_READ_ONLY"> {
  return new StorageError("STORAGE_READ_ONLY", failure.details, { cause: failure.cause });
}
