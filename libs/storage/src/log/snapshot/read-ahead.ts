import { type ReadableFile, readFully } from "../file-port.ts";

/** What is read at once: large enough for any disk to be at its best, and some ten milliseconds of work. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Some bytes of a file, from `start` to `end` in `bytes`. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Reads a part of a file forwards, and the next piece of it already while the caller works on the last. */
export class ReadAhead implements AsyncDisposable {
  readonly #file: ReadableFile;
  readonly #end: number;
  readonly #restLimitBytes: number;
  #position: number;
  /** The buffer that is being filled, and the one that the caller has. Each begins with room for a rest. */
  #buffers: readonly [next: Uint8Array, last: Uint8Array];
  #reading: Promise<number>;

  /** Of `file`, from byte `start` to `end`. A caller may leave `restLimitBytes` of a piece at most. */
  constructor(
    file: ReadableFile,
    { start, end, restLimitBytes }: { start: number; end: number; restLimitBytes: number },
  ) {
    this.#file = file;
    this.#end = end;
    this.#restLimitBytes = restLimitBytes;
    this.#position = start;
    const length = restLimitBytes + Math.min(PIECE_BYTES, end - start);
    this.#buffers = [new Uint8Array(length), new Uint8Array(length)];
    this.#reading = this.#readNext();
  }

  /**
   * The next piece, begun with `rest`, which is what the caller has left of the one before; that one is
   * read over from now on. `undefined` at the end, also when the file turns out to be shorter.
   */
  async next(rest: Uint8Array): Promise<Piece | undefined> {
    if (rest.length > this.#restLimitBytes)
      throw new RangeError("Cannot read on: too much is left");
    const count = await this.#reading;
    if (count === 0) return undefined;
    const [bytes, last] = this.#buffers;
    const start = this.#restLimitBytes - rest.length;
    bytes.set(rest, start);
    this.#position += count;
    this.#buffers = [last, bytes];
    this.#reading = this.#readNext();
    return { bytes, start, end: this.#restLimitBytes + count };
  }

  /** Waits for the read that is under way, so that the file can be closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#reading]);
  }

  #readNext(): Promise<number> {
    const from = this.#restLimitBytes;
    const length = Math.min(PIECE_BYTES, this.#end - this.#position);
    const into = this.#buffers[0].subarray(from, from + length);
    const reading = readFully(this.#file, into, this.#position);
    // Who asks for the piece is told; until then a failure must not end the process.
    reading.catch(() => {});
    return reading;
  }
}
