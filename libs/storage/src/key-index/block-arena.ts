/**
 * Blocks of memory off the JavaScript heap, cut from pages and reused by size.
 *
 * A block is known by a number of 31 bits: the page in the upper 16, and in the lower 15 where in the
 * page it begins, in units of 8 bytes. So there is room for 2^16 pages of 256 KiB, 16 GiB. A freed
 * block joins the list of its size class and leaves it for the next block of that class; its first
 * word links the list. Up to 512 bytes every number of units is a class of its own; above there are
 * four classes to a doubling. A block of more than 64 KiB is a page of its own and goes back to the
 * system when it is freed.
 */
const UNIT_BITS = 15;
const PAGE_UNITS = 2 ** UNIT_BITS;
/**
 * Pages are cut from pieces of so much: large enough for the system to back them by its own large pages where it is asked
 * to, by GLIBC_TUNABLES for one. Random look-ups then take a sixth less at a million keys (measured).
 */
const CHUNK_BYTES = 4 * 2 ** 20;
const PAGE_LIMIT = 2 ** 16;
const FINE_UNITS = 64;
const SHARED_PAGE_UNITS = 2 ** 13;
const CLASSES = classOf(SHARED_PAGE_UNITS) + 1;

/** Above this length a call into the engine is faster than a loop. */
const LOOP_BYTES = 64;

/** Stands for a block of a {@link BlockArena}, 1 to 2^31 - 1; 0 for none. */
export type BlockRef = number;

/** Which page of an arena the block is in. */
export function pageOf(ref: BlockRef): number {
  return ref >>> UNIT_BITS;
}

/** At which word of its page the block begins: an even one. */
export function wordOf(ref: BlockRef): number {
  return (ref & (PAGE_UNITS - 1)) << 1;
}

/** A word of a page, for who only wants to have the memory there near: past the end of a page it is one at its beginning. */
export function wordWithin(word: number): number {
  return word & (2 * PAGE_UNITS - 1);
}

/** An allocator of blocks that are known by number. Who frees a block has to know its size. */
export class BlockArena {
  /** The block `ref` is in page `pageOf(ref)`, from the word `wordOf(ref)` on. */
  readonly words: Uint32Array[] = [];
  /** The same memory, two words a number. */
  readonly numbers: Float64Array[] = [];
  readonly #bytes: Buffer[] = [];
  readonly #free = new Uint32Array(CLASSES);
  readonly #droppedPages: number[] = [];
  #memoryBytes = this.#free.byteLength;
  /** What pages are cut from. The first is one page, so that a small index takes no more. */
  #chunk = new ArrayBuffer(8 * PAGE_UNITS);
  #chunkUsed = 0;
  #page = this.#addPage(PAGE_UNITS);
  /** From 1 on in the first page: no block has the number 0. */
  #unusedFrom = 1;

  /** Bytes of all pages. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** A block of `bytes` or more, whatever they hold. A `RangeError` when all pages are in use. */
  allocate(bytes: number): BlockRef {
    const units = (bytes + 7) >>> 3;
    if (units > SHARED_PAGE_UNITS) return this.#addPage(units) * PAGE_UNITS;
    const sizeClass = classOf(units);
    const free = this.#free[sizeClass]!;
    if (free === 0) return this.#cut(unitsOf(sizeClass));
    this.#free[sizeClass] = this.words[pageOf(free)]![wordOf(free)]!;
    return free;
  }

  /** Takes the block back; `bytes` is what it was asked for with. */
  free(ref: BlockRef, bytes: number): void {
    const units = (bytes + 7) >>> 3;
    if (units > SHARED_PAGE_UNITS) this.#dropPage(pageOf(ref));
    else this.#putAway(ref, classOf(units));
  }

  /** Writes `bytes` from `start` to `end` into the block, `at` bytes behind its beginning. */
  write(ref: BlockRef, at: number, bytes: Uint8Array, start: number, end: number): void {
    const page = this.#bytes[pageOf(ref)]!;
    let to = wordOf(ref) * 4 + at;
    if (end - start > LOOP_BYTES) page.set(bytes.subarray(start, end), to);
    else for (let from = start; from < end; from++) page[to++] = bytes[from]!;
  }

  /** Whether the block, `at` bytes behind its beginning, holds `bytes` from `start` to `end`. */
  holds(ref: BlockRef, at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const page = this.#bytes[pageOf(ref)]!;
    let to = wordOf(ref) * 4 + at;
    const length = end - start;
    if (length > LOOP_BYTES) return page.compare(bytes, start, end, to, to + length) === 0;
    for (let from = start; from < end; from++) if (page[to++] !== bytes[from]) return false;
    return true;
  }

  /** A fresh copy of `length` bytes of the block, `at` bytes behind its beginning. */
  copy(ref: BlockRef, at: number, length: number): Uint8Array {
    const from = wordOf(ref) * 4 + at;
    const copy = new Uint8Array(length);
    copy.set(this.#bytes[pageOf(ref)]!.subarray(from, from + length));
    return copy;
  }

  /** Copies `length` bytes of the block, `at` bytes behind its beginning, into `into` from `to` on. */
  copyInto(ref: BlockRef, at: number, length: number, into: Uint8Array, to: number): void {
    const page = this.#bytes[pageOf(ref)]!;
    const from = wordOf(ref) * 4 + at;
    if (length > LOOP_BYTES) into.set(page.subarray(from, from + length), to);
    else for (let byte = 0; byte < length; byte++) into[to + byte] = page[from + byte]!;
  }

  #putAway(ref: BlockRef, sizeClass: number): void {
    this.words[pageOf(ref)]![wordOf(ref)] = this.#free[sizeClass]!;
    this.#free[sizeClass] = ref;
  }

  /** Takes never used units from the page that is being cut, or from a new one. */
  #cut(units: number): BlockRef {
    if (this.#unusedFrom + units > PAGE_UNITS) {
      const page = this.#addPage(PAGE_UNITS);
      this.#putAwayRest();
      this.#page = page;
      this.#unusedFrom = 0;
    }
    const ref = this.#page * PAGE_UNITS + this.#unusedFrom;
    this.#unusedFrom += units;
    return ref;
  }

  #putAwayRest(): void {
    while (this.#unusedFrom < PAGE_UNITS) {
      const rest = PAGE_UNITS - this.#unusedFrom;
      let sizeClass = classOf(Math.min(rest, SHARED_PAGE_UNITS));
      if (unitsOf(sizeClass) > rest) sizeClass--;
      this.#putAway(this.#page * PAGE_UNITS + this.#unusedFrom, sizeClass);
      this.#unusedFrom += unitsOf(sizeClass);
    }
  }

  #addPage(units: number): number {
    const page = this.#droppedPages.pop() ?? this.words.length;
    if (page === PAGE_LIMIT) throw new RangeError("Cannot hold more keys: 16 GiB are in use");
    const bytes = 8 * units;
    const memory = units === PAGE_UNITS ? this.#chunkFor() : new ArrayBuffer(bytes);
    const from = units === PAGE_UNITS ? this.#chunkUsed : 0;
    if (units === PAGE_UNITS) this.#chunkUsed += bytes;
    this.words[page] = new Uint32Array(memory, from, 2 * units);
    this.numbers[page] = new Float64Array(memory, from, units);
    this.#bytes[page] = Buffer.from(memory, from, bytes);
    this.#memoryBytes += bytes;
    return page;
  }

  /** The memory that the next page of {@link PAGE_UNITS} is cut from. */
  #chunkFor(): ArrayBuffer {
    if (this.#chunkUsed < this.#chunk.byteLength) return this.#chunk;
    this.#chunk = new ArrayBuffer(CHUNK_BYTES);
    this.#chunkUsed = 0;
    return this.#chunk;
  }

  #dropPage(page: number): void {
    this.#memoryBytes -= this.words[page]!.byteLength;
    this.words[page] = NO_WORDS;
    this.numbers[page] = NO_NUMBERS;
    this.#bytes[page] = NO_BYTES;
    this.#droppedPages.push(page);
  }
}

const NO_WORDS = new Uint32Array();
const NO_NUMBERS = new Float64Array();
const NO_BYTES = Buffer.alloc(0);

function classOf(units: number): number {
  if (units <= FINE_UNITS) return units;
  const doubling = 25 - Math.clz32(units - 1);
  return FINE_UNITS + 4 * doubling + Math.ceil((units - (64 << doubling)) / (16 << doubling));
}

function unitsOf(sizeClass: number): number {
  if (sizeClass <= FINE_UNITS) return sizeClass;
  const doubling = (sizeClass - FINE_UNITS - 1) >> 2;
  return (64 << doubling) + (16 << doubling) * (sizeClass - FINE_UNITS - 4 * doubling);
}
