import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Mutation } from "../state/mutation.ts";
import type { Group } from "./group.ts";
import type { GroupGatherer } from "./group-gatherer.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

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

/**
 * Group commit: every mutation that arrives while a group is being written joins the next one, so
 * the slower the disk, the larger the groups, and a thousand callers wait for one write.
 *
 * Mutations are numbered store-wide and written in that order. What is safe is therefore a single
 * number, and whether an answer has to wait is one comparison.
 *
 * The first failure of a write or sync is final. What was under way may or may not be on the disk,
 * what was not handed over surely is not, and nothing more is taken: after a failed fsync the system
 * may have dropped the very pages it could not write, and would report success the next time.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  /** Not acknowledged yet, oldest first; after a failure, those that never will be. */
  readonly #groups: Group[] = [];
  #durableRevision: number;
  #isScheduled = false;
  #writing: Promise<void> | undefined;
  #failure: StorageError<"STORAGE_WRITE_UNKNOWN"> | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#durableRevision = options.lastRevision;
  }

  /** Why nothing is written any more, if that is so. */
  get failure(): StorageError<"STORAGE_WRITE_UNKNOWN"> | undefined {
    return this.#failure;
  }

  /** Throws `STORAGE_READ_ONLY` after a failure. To be asked before anything is decided. */
  assertWritable(): void {
    if (this.#failure !== undefined) throw this.#refusal(this.#failure);
  }

  /** Takes over mutations that are about to be applied, all of them into the same group. */
  append(mutations: readonly Mutation[]): void {
    const group = this.#options.gatherer.add(mutations);
    if (group !== this.#groups.at(-1)) this.#groups.push(group);
    if (this.#writing !== undefined || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.scheduler.endOfTurn(() => {
      this.#isScheduled = false;
      this.#startWriting();
    });
  }

  /** What has to settle before anything that rests on mutation `revision` may be told. */
  durableOf(revision: number): Promise<void> | undefined {
    if (revision <= this.#durableRevision) return undefined;
    return this.#groups.find((group) => revision <= group.lastRevision)?.durable;
  }

  /** Syncs what was written. A failure is as final as that of a write; after one it does nothing. */
  async sync(): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await this.#options.segments.sync();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** Resolves when everything appended has been written, or has failed. Nothing may be appended after it. */
  async drain(): Promise<void> {
    this.#startWriting();
    await this.#writing;
  }

  #startWriting(): void {
    if (this.#failure !== undefined || this.#groups.length === 0) return;
    this.#writing ??= this.#writeGroups();
  }

  async #writeGroups(): Promise<void> {
    const { gatherer, segments } = this.#options;
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      if (group === this.#groups.at(-1)) gatherer.close();
      const { sequence, startsSegment, writer } = group;
      try {
        await segments.append({ bytes: writer.view(), sequence, startsSegment });
      } catch (error) {
        this.#stop(error);
        await segments.cutBack();
      }
      if (this.#failure !== undefined) break;
      this.#groups.shift();
      this.#durableRevision = group.lastRevision;
      gatherer.recycle(writer);
      group.acknowledge();
    }
    this.#writing = undefined;
  }

  #stop(error: unknown): void {
    if (!isSystemError(error)) throw error;
    if (this.#failure !== undefined) return;
    const { path } = this.#options;
    const { reason } = systemReason(error);
    this.#failure = new StorageError("STORAGE_WRITE_UNKNOWN", { path, reason }, { cause: error });
    const isUnderWay = this.#writing !== undefined;
    for (const [index, group] of this.#groups.entries()) {
      group.fail(isUnderWay && index === 0 ? this.#failure : this.#refusal(this.#failure));
    }
    const message = `The store at "${path}" takes no more writes: ${reason}; restart the node once that is mended`;
    emit({ level: "error", type: "writes-stopped", message, path, reason });
  }

  #refusal(failure: StorageError<"STORAGE_WRITE_UNKNOWN">): StorageError<"STORAGE_READ_ONLY"> {
    return new StorageError("STORAGE_READ_ONLY", failure.details, { cause: failure.cause });
  }
}
