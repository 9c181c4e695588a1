import { FIELD_HEADER_BYTES } from "../format/field.ts";

/**
 * One bit stands for 16 bytes of a segment, the largest power of two in which no two fields begin. So a word of
 * 32 bits stands for 512.
 */
const CELL_SHIFT = 4;
const WORD_SHIFT = CELL_SHIFT + 5;
const WORD_BYTES = 4;

if (2 ** CELL_SHIFT > FIELD_HEADER_BYTES) throw new Error("Two fields may begin in one cell");

/** With 16 MiB the places in two gibibytes of log can be noted. */
const MEMORY_LIMIT_BYTES = 16 * 2 ** 20;

/**
 * So many places wait to be noted together. A bit is rarely in the processor's cache: one by one, each put would wait for
 * it, and many of them wait at the same time (138 against 52 ns a put at a million keys, measured).
 */
const WAITING_PLACES = 64;

/** Of a segment that has not been given any words. */
const NONE = -1;

/** What {@link DeadPlaces} is made with. */
export interface DeadPlacesOptions {
  /** The oldest segment that is needed: nothing before it is ever noted. */
  readonly firstSegment: number;
  /** How long segments become; what one of them has beyond that is not noted. */
  readonly segmentLimitBytes: number;
  /** 16 MiB by default. */
  readonly memoryLimitBytes?: number | undefined;
}

/**
 * Where in the log fields lie that the index does not need any more. Compaction passes over them without a look-up, and most
 * of what it comes across is such; whoever overwrites a key has just had its place in hand, and sets one bit.
 *
 * Not every dead field is noted: the latest wait for others, there is a limit to the memory, and nothing is kept when the
 * store is closed. But what is noted is dead for good, since no place in a log is ever used twice.
 */
export class DeadPlaces {
  /** Each segment has as many words, one behind the other, as these come to. */
  readonly #wordsEach: number;
  readonly #segmentsAtMost: number;
  /** The bits of all segments in one array: no chain of objects on the path of every put. */
  #words = new Uint32Array(0);
  /** The segment that the first of {@link #starts} is that of. */
  #first: number;
  /** Where the words of each segment begin, or {@link NONE}. */
  readonly #starts: number[] = [];
  /** Where words begin that no segment has; all zeros. */
  readonly #spare: number[] = [];
  #given = 0;
  readonly #waitingSegments = new Uint32Array(WAITING_PLACES);
  readonly #waitingOffsets = new Uint32Array(WAITING_PLACES);
  #waiting = 0;

  constructor(options: DeadPlacesOptions) {
    const { firstSegment, segmentLimitBytes, memoryLimitBytes = MEMORY_LIMIT_BYTES } = options;
    this.#first = firstSegment;
    this.#wordsEach = Math.ceil(segmentLimitBytes / 2 ** WORD_SHIFT);
    this.#segmentsAtMost = Math.floor(memoryLimitBytes / (this.#wordsEach * WORD_BYTES));
  }

  /** Bytes of all bits, also of those that wait to be used. */
  get memoryBytes(): number {
    return this.#words.byteLength;
  }

  /** The field that begins at `offset` of `segment` is not needed any more, and never will be again. */
  note(segment: number, offset: number): void {
    const waiting = this.#waiting;
    this.#waitingSegments[waiting] = segment;
    this.#waitingOffsets[waiting] = offset;
    this.#waiting = waiting + 1;
    if (waiting + 1 === WAITING_PLACES) this.settle();
  }

  /** Notes what waits: before it is asked for. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = 0;
    for (let place = 0; place < waiting; place++) {
      this.#noteNow(this.#waitingSegments[place]!, this.#waitingOffsets[place]!);
    }
  }

  /** Whether the field that begins there was noted, and not only waits for that. */
  has(segment: number, offset: number): boolean {
    const word = offset >>> WORD_SHIFT;
    const start = this.#starts[segment - this.#first];
    if (start === undefined || start === NONE || word >= this.#wordsEach) return false;
    return ((this.#words[start + word]! >>> (offset >>> CELL_SHIFT)) & 1) !== 0;
  }

  /** Forgets what was noted of `segment` and of those before it: nobody will ask for them, nor note anything there. */
  forget(segment: number): void {
    this.settle();
    for (; this.#first <= segment; this.#first++) {
      const start = this.#starts.shift() ?? NONE;
      if (start === NONE) continue;
      this.#words.fill(0, start, start + this.#wordsEach);
      this.#spare.push(start);
    }
  }

  #noteNow(segment: number, offset: number): void {
    const word = offset >>> WORD_SHIFT;
    if (word >= this.#wordsEach) return;
    let start = this.#starts[segment - this.#first];
    if (start === undefined || start === NONE) start = this.#begin(segment);
    if (start !== NONE) this.#words[start + word]! |= 1 << (offset >>> CELL_SHIFT);
  }

  /** Gives words to a segment that has none; {@link NONE} when there is no memory for it, or no need. */
  #begin(segment: number): number {
    const place = segment - this.#first;
    if (place < 0) return NONE;
    while (this.#starts.length <= place) this.#starts.push(NONE);
    const start = this.#spare.pop() ?? this.#add();
    this.#starts[place] = start;
    return start;
  }

  #add(): number {
    if (this.#given === this.#segmentsAtMost) return NONE;
    const start = this.#given * this.#wordsEach;
    this.#given++;
    if (this.#words.length < start + this.#wordsEach) this.#grow();
    return start;
  }

  #grow(): void {
    const segments = Math.min(this.#given * 2, this.#segmentsAtMost);
    const grown = new Uint32Array(segments * this.#wordsEach);
    grown.set(this.#words);
    this.#words = grown;
  }
}
