import { emit } from "../../events.ts";
import type { GroupCommit } from "../group-commit.ts";
import type { LoggedIndex } from "../logged-index.ts";
import type { SegmentFiles } from "../segment-files.ts";
import type { SegmentLengths } from "../segment-lengths.ts";

/** What a {@link SegmentRemover} works with. */
export interface SegmentRemoverOptions {
  readonly path: string;
  readonly logged: LoggedIndex;
  readonly commits: GroupCommit;
  readonly lengths: SegmentLengths;
  readonly files: SegmentFiles;
}

/** A segment of which everything that is needed was appended to the log. */
interface EmptiedSegment {
  readonly segment: number;
  readonly bytes: number;
  readonly copiedBytes: number;
}

/**
 * Removes segments that were emptied, while others are being emptied: says in the log that they are
 * not needed, and takes them away once that is on the disk. The record stands behind the copies, so
 * where it is they are. What was emptied while the disk was busy with that goes with the next record,
 * so a slow disk is waited for less often.
 */
export class SegmentRemover {
  readonly #options: SegmentRemoverOptions;
  readonly #emptied: EmptiedSegment[] = [];
  #emptiedBytes = 0;
  #removed = 0;
  #work: Promise<void> | undefined;
  #isRemoving = false;
  #hasFailed = false;

  constructor(options: SegmentRemoverOptions) {
    this.#options = options;
  }

  /** The oldest segment that was not emptied. */
  get next(): number {
    return this.#options.lengths.first + this.#emptied.length;
  }

  /** Bytes of the segments that are still there and need not be. */
  get emptiedBytes(): number {
    return this.#emptiedBytes;
  }

  /** Segments that have gone. */
  get removed(): number {
    return this.#removed;
  }

  /** Whether it waits for a file to go, which takes as long as somebody reads it. */
  get isRemoving(): boolean {
    return this.#isRemoving;
  }

  /** Segment {@link next} was emptied; `copiedBytes` of it were needed. */
  add(copiedBytes: number): void {
    const segment = this.next;
    const bytes = this.#options.lengths.of(segment);
    this.#emptied.push({ segment, bytes, copiedBytes });
    this.#emptiedBytes += bytes;
    this.#begin();
  }

  /** Whether something keeps a segment: {@link finish} tells what. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /**
   * Resolves when all that were emptied are gone. Rejects with what keeps one: they stay emptied, and
   * the next call tries again.
   */
  async finish(): Promise<void> {
    this.#begin();
    while (this.#work !== undefined) {
      const work = this.#work;
      try {
        await work;
      } finally {
        if (this.#work === work) this.#work = undefined;
      }
      this.#begin();
    }
  }

  #begin(): void {
    if (this.#work !== undefined || this.#emptied.length === 0) return;
    this.#hasFailed = false;
    this.#work = this.#removeOrFail();
    // Whoever finishes hears of it.
    this.#work.catch(() => {});
  }

  async #removeOrFail(): Promise<void> {
    try {
      await this.#removeAll();
      this.#work = undefined;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async #removeAll(): Promise<void> {
    const { logged, commits } = this.#options;
    for (let last = this.#emptied.at(-1); last !== undefined; last = this.#emptied.at(-1)) {
      logged.trim(last.segment + 1);
      await commits.flush();
      // The oldest one goes first, so that what is left of a log never has a hole.
      while ((this.#emptied[0]?.segment ?? Infinity) <= last.segment) await this.#removeFirst();
    }
  }

  async #removeFirst(): Promise<void> {
    const { lengths, files, path } = this.#options;
    const first = this.#emptied.shift();
    if (first === undefined) return;
    const { segment, bytes, copiedBytes } = first;
    this.#emptiedBytes -= bytes;
    lengths.delete(segment);
    this.#isRemoving = true;
    try {
      await files.remove(segment);
    } finally {
      this.#isRemoving = false;
    }
    this.#removed += 1;
    const message = `Removed segment ${segment} of the store at "${path}": ${bytes} bytes, ${copiedBytes} of them were still needed`;
    emit({ level: "debug", type: "segment-removed", message, path, bytes, copiedBytes });
  }
}
