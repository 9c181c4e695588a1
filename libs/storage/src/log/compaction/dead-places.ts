import { FIELD_HEADER_BYTES } from "../format/field.ts";

/**
 * One bit stands for so many bytes of a segment: as many as a power of two can be without two fields that
 * begin in them.
 */
const CELL_SHIFT = 4;

/** A chunk stands for half a mebibyte of a segment: 1024 words of 32 bits, 4 KiB. */
const CHUNK_SHIFT = 19;
const CHUNK_WORDS = 2 ** (CHUNK_SHIFT - CELL_SHIFT) / 32;
const CHUNK_BYTES = CHUNK_WORDS * 4;

/** With 16 MiB the places in two gibibytes of log can be noted. */
const MEMORY_LIMIT_BYTES = 16 * 2 ** 20;

if (2 ** CELL_SHIFT > FIELD_HEADER_BYTES) throw new Error("Two fields may begin in one cell");

/** What {@link DeadPlaces} is made with. */
export interface DeadPlacesOptions {
  /** The oldest segment that is needed: nothing before it is ever noted. */
  readonly firstSegment: number;
  /** 16 MiB by default. */
  readonly memoryLimitBytes?: number | undefined;
}

/**
 * Where in the log fields lie that the index does not need any more. Compaction passes over them without a look-up, and most
 * of what it comes across is such; whoever overwrites a key has just had its place in hand, so to note it costs next to
 * nothing.
 *
 * Not every dead field is noted: there is a limit to the memory, and nothing is kept when the store is closed. But
 * what is noted is dead for good, since no place in a log is ever used twice.
 */
export class DeadPlaces {
  readonly #chunkLimit: number;
  /** The segment that the first list of chunks stands for. */
  #first: number;
  /** For each segment, of each half of a mebibyte in which something was noted, the bits. */
  readonly #segments: (Uint32Array | undefined)[][] = [];
  /** All of them zeros. */
  readonly #spare: Uint32Array[] = [];
  #made = 0;

  constructor({ firstSegment, memoryLimitBytes = MEMORY_LIMIT_BYTES }: DeadPlacesOptions) {
    this.#first = firstSegment;
    this.#chunkLimit = Math.floor(memoryLimitBytes / CHUNK_BYTES);
  }

  /** Bytes of all bits, also of those that wait to be used again. */
  get memoryBytes(): number {
    return this.#made * CHUNK_BYTES;
  }

  /** The field that begins at `offset` of `segment` is not needed any more, and never will be again. */
  note(segment: number, offset: number): void {
    const chunk = this.#chunkOf(segment, offset) ?? this.#begin(segment, offset);
    if (chunk === undefined) return;
    chunk[(offset >>> (CELL_SHIFT + 5)) & (CHUNK_WORDS - 1)]! |= 1 << (offset >>> CELL_SHIFT);
  }

  /** Whether the field that begins there was noted. */
  has(segment: number, offset: number): boolean {
    const chunk = this.#chunkOf(segment, offset);
    if (chunk === undefined) return false;
    const word = chunk[(offset >>> (CELL_SHIFT + 5)) & (CHUNK_WORDS - 1)]!;
    return ((word >>> (offset >>> CELL_SHIFT)) & 1) !== 0;
  }

  /** Forgets what was noted of `segment` and of those before it: nobody will ask for them, nor note anything there. */
  forget(segment: number): void {
    for (; this.#first <= segment; this.#first++) {
      for (const chunk of this.#segments.shift() ?? []) {
        if (chunk !== undefined) this.#spare.push(chunk.fill(0));
      }
    }
  }

  #chunkOf(segment: number, offset: number): Uint32Array | undefined {
    const chunks = this.#segments[segment - this.#first];
    return chunks === undefined ? undefined : chunks[offset >>> CHUNK_SHIFT];
  }

  /** The chunk of a place that has none yet; `undefined` when there is no memory for it, or no need. */
  #begin(segment: number, offset: number): Uint32Array | undefined {
    if (segment < this.#first) return undefined;
    const chunk = this.#spare.pop() ?? this.#make();
    if (chunk === undefined) return undefined;
    while (this.#segments.length <= segment - this.#first) this.#segments.push([]);
    const chunks = this.#segments[segment - this.#first]!;
    const place = offset >>> CHUNK_SHIFT;
    while (chunks.length <= place) chunks.push(undefined);
    chunks[place] = chunk;
    return chunk;
  }

  #make(): Uint32Array | undefined {
    if (this.#made === this.#chunkLimit) return undefined;
    this.#made++;
    return new Uint32Array(CHUNK_WORDS);
  }
}
