import { type OpenFile, writeFully } from "./file-port.ts";
import { isDiskFull, isSystemError } from "./system-reason.ts";

/** How room is made, see {@link LogRoom}. */
export interface RoomSizes {
  /** A file that has taken so much since it was opened is going to take more: before that, room in it may be in vain. */
  readonly afterBytes: number;
  /** How far ahead of the log its file is filled. */
  readonly bytes: number;
}

/** For a store that is written to all the time. */
export const USUAL_ROOM: RoomSizes = { afterBytes: 64 * 1024, bytes: 2 ** 20 };

/**
 * Zeros behind the log, in the file that is being written. Within what a file has already a sync writes the bytes alone;
 * beyond it the file's new length too, which is one more wait for the disk (of 110 and 86 us for a put of 120 bytes, measured;
 * a file system with a journal writes that then as well).
 *
 * For a log only whose every write is synced before the next: of others a power cut may leave zeros before a group that is whole.
 */
export class LogRoom {
  readonly #sizes: RoomSizes;
  /** Where the file ends. */
  #fileBytes = 0;
  /** What was appended to it since it was opened. */
  #appendedBytes = 0;
  /** Whether there was no room on the disk either. */
  #isOver = false;
  /** What is written, once there is room to be made: anew each time it would have the garbage collector run ten times a second. */
  #zeros: Uint8Array | undefined;

  constructor(sizes = USUAL_ROOM) {
    this.#sizes = sizes;
  }

  /** Another file, or the same one again, that ends with the log. */
  begin(lengthBytes: number): void {
    this.#fileBytes = lengthBytes;
    this.#appendedBytes = 0;
    this.#isOver = false;
  }

  /** The log has grown by `bytes`, to `lengthBytes`. */
  grown(lengthBytes: number, bytes: number): void {
    this.#appendedBytes += bytes;
    if (lengthBytes > this.#fileBytes) this.#fileBytes = lengthBytes;
  }

  /** Whether room is to be made before `bytes` are appended to a log of `lengthBytes`. */
  isDue(lengthBytes: number, bytes: number): boolean {
    const isBeyond = lengthBytes + bytes > this.#fileBytes;
    return isBeyond && this.#appendedBytes >= this.#sizes.afterBytes && !this.#isOver;
  }

  /** Makes it. Where the disk is full the log goes on without, as far as it gets. */
  async make(file: OpenFile, lengthBytes: number): Promise<void> {
    const { bytes } = this.#sizes;
    try {
      // Before it is known how much came of it: whatever is there is cut off again.
      this.#fileBytes = lengthBytes + bytes;
      this.#zeros ??= new Uint8Array(bytes);
      await writeFully(file, this.#zeros, lengthBytes);
    } catch (error) {
      if (!isSystemError(error) || !isDiskFull(error)) throw error;
      this.#isOver = true;
      await this.cut(file, lengthBytes);
    }
  }

  /** Has the file end with the log again, also after a power cut. */
  async cut(file: OpenFile, lengthBytes: number): Promise<void> {
    if (this.#fileBytes <= lengthBytes) return;
    await file.truncate(lengthBytes);
    await file.sync();
    this.#fileBytes = lengthBytes;
  }
}
