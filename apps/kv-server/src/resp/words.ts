import type { BucketName } from "@kv/kv";
import { BucketMemo } from "@kv/kv";
import { wordsOf } from "../piece.ts";
import type { Arguments } from "./arguments.ts";

/** Words of a usual request: more room is taken as they come, and given back when they are read. */
const usualWords = 16;

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = wordsOf(NO_BYTES);

/**
 * The words of the request that was read last, or is being read: offsets into bytes that belong to somebody else. One
 * object, and one array, for all requests of a connection.
 */
export class Words implements Arguments {
  /** Words read so far. */
  count = 0;
  /** Where word `n` begins at `2n` and ends at `2n + 1`, counted from the beginning of the request. */
  #offsets = new Int32Array(usualWords * 2);
  #source: Uint8Array = NO_BYTES;
  #view: DataView = NO_WORDS;
  #memory: ArrayBufferLike = NO_BYTES.buffer;
  #memoryOffset = 0;
  #base = 0;
  readonly #buckets = new BucketMemo();

  /** What it takes by itself, beside the bytes that belong to somebody else. */
  get ownBytes(): number {
    return this.#offsets.byteLength;
  }

  /** Adds a word by its offsets from the beginning of the request. */
  add(start: number, end: number): void {
    const at = this.count * 2;
    if (at === this.#offsets.length) this.#grow();
    this.#offsets[at] = start;
    this.#offsets[at + 1] = end;
    this.count++;
  }

  /** The request is whole: it begins in `source`, whose memory is that of `view`, at `base`. */
  settle(source: Uint8Array, view: DataView, base: number): void {
    if (source !== this.#source) this.#turnTo(source, view);
    this.#base = base;
  }

  /** Lets go of the bytes; offsets stay, since the request may be going on. */
  release(): void {
    this.#turnTo(NO_BYTES, NO_WORDS);
  }

  /** Forgets all words. */
  clear(): void {
    this.count = 0;
    if (this.#offsets.length > usualWords * 2) this.#offsets = new Int32Array(usualWords * 2);
  }

  /** What the words stand in, once they are whole. */
  get source(): Uint8Array {
    return this.#source;
  }

  /** The same bytes as the source's, offset for offset. */
  get view(): DataView {
    return this.#view;
  }

  /** Where a word begins in the source. */
  start(index: number): number {
    return this.#base + this.#offsets[index * 2]!;
  }

  /** Where it ends. */
  end(index: number): number {
    return this.#base + this.#offsets[index * 2 + 1]!;
  }

  /** A plain view: of a `Buffer`, it would take twice as long to make. */
  bytes(index: number): Uint8Array {
    const start = this.start(index);
    return new Uint8Array(this.#memory, this.#memoryOffset + start, this.end(index) - start);
  }

  bucket(index: number): BucketName | undefined {
    return this.#buckets.named(this.#source, this.start(index), this.end(index));
  }

  text(index: number): string {
    const { buffer, byteOffset, length } = this.bytes(index);
    return Buffer.from(buffer, byteOffset, length).toString("latin1");
  }

  #turnTo(source: Uint8Array, view: DataView): void {
    this.#source = source;
    this.#memory = source.buffer;
    this.#memoryOffset = source.byteOffset;
    this.#view = view;
  }

  #grow(): void {
    const grown = new Int32Array(this.#offsets.length * 2);
    grown.set(this.#offsets);
    this.#offsets = grown;
  }
}
