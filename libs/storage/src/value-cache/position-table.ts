/** What {@link PositionTable.find} and {@link PositionTable.victim} return for none. */
export const NO_SLOT = -1;

/** Two words a slot: the entry, 0 in a free one; the position, with the highest bit set when it was used. */
const SLOT_WORDS = 2;
const SET_SLOTS = 8;
const SET_WORDS = SET_SLOTS * SLOT_WORDS;

/** What a set takes: one line of a processor's cache. */
export const SET_BYTES = SET_WORDS * 4;

/** Positions are lower than this. */
export const POSITION_LIMIT = 2 ** 31;
const POSITION_MASK = POSITION_LIMIT - 1;

/** 2^32 divided by the golden ratio: multiples of it lie as evenly as can be (Knuth, TAOCP 3, 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * Where each entry (from 1 up, below 2^32) lies, in a table that never grows: as in a processor's
 * cache, an entry has one set of 8 slots where it can be, and once those are taken one of them has to
 * go. So every call looks at one line of memory, whatever entries somebody chooses.
 */
export class PositionTable {
  readonly #slots: Uint32Array;
  readonly #setsPerHash: number;
  readonly #positions: number;

  /** Positions are counted round a circle of `positions`. */
  constructor(sets: number, positions: number) {
    this.#slots = new Uint32Array(sets * SET_WORDS);
    this.#setsPerHash = sets / 2 ** 32;
    this.#positions = positions;
  }

  /** What the table takes, from the start; the system provides it page by page as it is used. */
  get memoryBytes(): number {
    return this.#slots.byteLength;
  }

  /** The slot of an entry, good until the next {@link add} or {@link remove}; or {@link NO_SLOT}. */
  find(entry: number): number {
    const slots = this.#slots;
    let slot = this.#setOf(entry);
    for (const end = slot + SET_WORDS; slot < end; slot += SLOT_WORDS) {
      if (slots[slot] === entry) return slot;
    }
    return NO_SLOT;
  }

  positionAt(slot: number): number {
    return this.#slots[slot + 1]! & POSITION_MASK;
  }

  isUsed(slot: number): boolean {
    return this.#slots[slot + 1]! > POSITION_MASK;
  }

  markUsed(slot: number): void {
    this.#slots[slot + 1]! |= POSITION_LIMIT;
  }

  /** Gives an entry another position, which has not been used yet. */
  move(slot: number, position: number): void {
    this.#slots[slot + 1] = position;
  }

  /**
   * The slot that has to go before `entry` can be added, {@link NO_SLOT} when there is room: the first
   * one round the circle from `oldest` on, of those not used if there are any.
   */
  victim(entry: number, oldest: number): number {
    const slots = this.#slots;
    let slot = this.#setOf(entry);
    const end = slot + SET_WORDS;
    if (slots[end - SLOT_WORDS] === 0) return NO_SLOT;
    let victim = NO_SLOT;
    for (let least = Number.POSITIVE_INFINITY; slot < end; slot += SLOT_WORDS) {
      let age = this.positionAt(slot) - oldest;
      if (age < 0) age += this.#positions;
      if (this.isUsed(slot)) age += this.#positions;
      if (age >= least) continue;
      least = age;
      victim = slot;
    }
    return victim;
  }

  /** Adds an entry that is not there, in a set with room. */
  add(entry: number, position: number): void {
    const slots = this.#slots;
    let slot = this.#setOf(entry);
    while (slots[slot] !== 0) slot += SLOT_WORDS;
    slots[slot] = entry;
    slots[slot + 1] = position;
  }

  /** What the last slot holds moves here, so that a set is full when its last slot is taken. */
  remove(slot: number): void {
    const slots = this.#slots;
    const last = slot | (SET_WORDS - SLOT_WORDS);
    slots[slot] = slots[last]!;
    slots[slot + 1] = slots[last + 1]!;
    slots[last] = 0;
  }

  #setOf(entry: number): number {
    return Math.trunc((Math.imul(entry, GOLDEN) >>> 0) * this.#setsPerHash) * SET_WORDS;
  }
}
