import { type BlockArena, type BlockRef, pageOf, wordOf } from "./block-arena.ts";

/** Up to here a table's heads are a block of a {@link BlockArena}, copied when it doubles. */
const BLOCK_HEADS = 128;
const SMALLEST_BLOCK_HEADS = 16;
const LARGEST_PART_HEADS = 2 ** 16;

/** A block's number up to 128 heads, a place in a list of parts above. */
export type HeadsRef = number;

/**
 * The heads of the chains of many tables: where each chain begins, 0 for an empty one.
 *
 * A small table has a block among the keys' blocks, so that a million of them cost the garbage
 * collector nothing. From 129 heads on a table is a list of arrays that are never copied: 128, 128,
 * 256, 512 and so on to 65,536 and from there on all of 65,536.
 */
export class ChainHeads {
  readonly #arena: BlockArena;
  readonly #large: Uint32Array[][] = [];
  readonly #unusedPlaces: number[] = [];
  #memoryBytes = 0;

  constructor(arena: BlockArena) {
    this.#arena = arena;
  }

  /** Bytes of the large tables' heads; the others are counted with the blocks. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Empty heads for `chains` chains. */
  create(chains: number): HeadsRef {
    if (chains <= BLOCK_HEADS) return this.#createBlock(roomFor(chains));
    const parts: Uint32Array[] = [];
    for (let from = 0; from < chains; from += this.#addPart(parts, from));
    return this.#place(parts);
  }

  /** The head of `chain` in a table of `chains` of them. */
  get(heads: HeadsRef, chains: number, chain: number): number {
    if (chains <= BLOCK_HEADS) {
      return this.#arena.words[pageOf(heads)]![wordOf(heads) + chain]!;
    }
    const parts = this.#large[heads]!;
    if (chain >= LARGEST_PART_HEADS) return parts[9 + (chain >>> 16)]![chain & 0xffff]!;
    if (chain < BLOCK_HEADS) return parts[0]![chain]!;
    const part = 25 - Math.clz32(chain);
    return parts[part]![chain - (64 << part)]!;
  }

  /** Puts the head of each of the first `count` of `found`, which are chains, in its place; the table has `chains` of them. */
  getSeveral(heads: HeadsRef, chains: number, found: Uint32Array, count: number): void {
    if (chains <= BLOCK_HEADS) {
      for (let place = 0; place < count; place++) {
        found[place] = this.get(heads, chains, found[place]!);
      }
      return;
    }
    const parts = this.#large[heads]!;
    for (let place = 0; place < count; place++) {
      const chain = found[place]!;
      if (chain >= LARGEST_PART_HEADS) {
        found[place] = parts[9 + (chain >>> 16)]![chain & 0xffff]!;
      } else if (chain < BLOCK_HEADS) {
        found[place] = parts[0]![chain]!;
      } else {
        const part = 25 - Math.clz32(chain);
        found[place] = parts[part]![chain - (64 << part)]!;
      }
    }
  }

  /** Sets the head of `chain` in a table of `chains` of them. */
  set(heads: HeadsRef, chains: number, chain: number, head: number): void {
    if (chains <= BLOCK_HEADS) {
      this.#arena.words[pageOf(heads)]![wordOf(heads) + chain] = head;
      return;
    }
    const parts = this.#large[heads]!;
    if (chain >= LARGEST_PART_HEADS) parts[9 + (chain >>> 16)]![chain & 0xffff] = head;
    else if (chain < BLOCK_HEADS) parts[0]![chain] = head;
    else {
      const part = 25 - Math.clz32(chain);
      parts[part]![chain - (64 << part)] = head;
    }
  }

  /** Makes room for one more than `chains`, with an empty head; returns where the heads are now. */
  grow(heads: HeadsRef, chains: number): HeadsRef {
    if (chains === BLOCK_HEADS) return this.#enlarge(heads);
    if (chains > BLOCK_HEADS) {
      if (startsPart(chains)) this.#addPart(this.#large[heads]!, chains);
      return heads;
    }
    if (roomFor(chains) === roomFor(chains + 1)) return heads;
    return this.#resize(heads, chains, chains + 1);
  }

  /** Gives up the last of `chains`, whose head is 0; returns where the heads are now. */
  shrink(heads: HeadsRef, chains: number): HeadsRef {
    const left = chains - 1;
    if (left === BLOCK_HEADS) return this.#reduce(heads);
    if (left > BLOCK_HEADS) {
      if (startsPart(left)) this.#memoryBytes -= this.#large[heads]!.pop()!.byteLength;
      return heads;
    }
    if (roomFor(chains) === roomFor(left)) return heads;
    return this.#resize(heads, chains, left);
  }

  /** Gives all heads back, whatever they are. */
  release(heads: HeadsRef, chains: number): void {
    if (chains <= BLOCK_HEADS) return this.#arena.free(heads, 4 * roomFor(chains));
    for (const { byteLength } of this.#large[heads]!) this.#memoryBytes -= byteLength;
    this.#large[heads] = [];
    this.#unusedPlaces.push(heads);
  }

  /** How many heads are copied when a table of `chains` grows or shrinks to `next`. */
  copiedFor(chains: number, next: number): number {
    const fewer = Math.min(chains, next);
    if (fewer > BLOCK_HEADS || roomFor(chains) === roomFor(next)) return 0;
    return fewer;
  }

  #createBlock(room: number): BlockRef {
    const heads = this.#arena.allocate(4 * room);
    this.#viewOf(heads, room).fill(0);
    return heads;
  }

  #viewOf(heads: BlockRef, room: number): Uint32Array {
    const from = wordOf(heads);
    return this.#arena.words[pageOf(heads)]!.subarray(from, from + room);
  }

  /** Copies the heads that stay to a block with room for `left`. */
  #resize(heads: BlockRef, chains: number, left: number): BlockRef {
    const resized = this.#createBlock(roomFor(left));
    const stay = Math.min(chains, left);
    this.#viewOf(resized, stay).set(this.#viewOf(heads, stay));
    this.#arena.free(heads, 4 * roomFor(chains));
    return resized;
  }

  #enlarge(block: BlockRef): HeadsRef {
    const parts: Uint32Array[] = [];
    this.#addPart(parts, 0);
    parts[0]!.set(this.#viewOf(block, BLOCK_HEADS));
    this.#addPart(parts, BLOCK_HEADS);
    this.#arena.free(block, 4 * BLOCK_HEADS);
    return this.#place(parts);
  }

  #place(parts: Uint32Array[]): HeadsRef {
    const place = this.#unusedPlaces.pop() ?? this.#large.length;
    this.#large[place] = parts;
    return place;
  }

  #reduce(place: HeadsRef): BlockRef {
    const block = this.#arena.allocate(4 * BLOCK_HEADS);
    this.#viewOf(block, BLOCK_HEADS).set(this.#large[place]![0]!);
    this.release(place, BLOCK_HEADS + 1);
    return block;
  }

  /** Adds the part that begins with the chain `from`; returns how many heads it has. */
  #addPart(parts: Uint32Array[], from: number): number {
    const part = new Uint32Array(Math.min(Math.max(from, BLOCK_HEADS), LARGEST_PART_HEADS));
    this.#memoryBytes += part.byteLength;
    parts.push(part);
    return part.length;
  }
}

/** How many heads the block of a small table of `chains` has. */
function roomFor(chains: number): number {
  if (chains <= SMALLEST_BLOCK_HEADS) return SMALLEST_BLOCK_HEADS;
  return 2 ** (32 - Math.clz32(chains - 1));
}

/** Whether a part of a large table begins at `chain`. */
function startsPart(chain: number): boolean {
  return chain >= LARGEST_PART_HEADS
    ? chain % LARGEST_PART_HEADS === 0
    : (chain & (chain - 1)) === 0;
}
