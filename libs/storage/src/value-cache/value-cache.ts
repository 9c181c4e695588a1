import { NO_SLOT, POSITION_LIMIT, PositionTable, SET_BYTES } from "./position-table.ts";
import type { ValueSink } from "../read.ts";
import { UNIT_BYTES, unitsFor, ValueRing } from "./value-ring.ts";

/** 16 GiB: so far positions reach. */
const LIMIT_BYTES = POSITION_LIMIT * UNIT_BYTES;

/**
 * The table's share of the limit: a slot of 8 bytes for every 64 bytes of the limit. This assumes
 * values of some 64 bytes or more, of which at most 6 % are lost because their set of slots is full
 * before the ring is (measured; 1 % from 96 bytes on). Of smaller values the table, not the ring,
 * says how many there can be: each takes at least 64 bytes of the limit.
 */
const TABLE_SHARE = 1 / 8;

/** A larger share of the limit than this would cost too many other values. */
const VALUE_SHARE = 1 / 8;
/**
 * Making room for so much can cost 15,000 small values their place, which takes up to 3 ms, and
 * copying it a third of one (both measured): longer pauses would cost others more than a read from
 * the disk costs whoever wants the value.
 */
const VALUE_LIMIT_BYTES = 2 ** 20;

/** How many records one call may give their second chance, so that its work is bounded ... */
const RENEWALS_LIMIT = 16;
/** ... and how many bytes of them, besides as many as it was given. */
const RENEWED_LIMIT_UNITS = (64 * 1024) / UNIT_BYTES;

/** How {@link ValueCache} is made. */
export interface ValueCacheOptions {
  /** What the cache may take, all in all; up to 16 GiB. 0 keeps nothing. */
  readonly limitBytes: number;
}

/**
 * Keeps some values in memory, outside the JavaScript heap, by the entry (from 1 up, below 2^32) they
 * belong to. It may forget any of them at any time and never returns another value than the last one
 * that was set.
 *
 * The policy is CLOCK, first in first out with a second chance: values lie in a ring in the order in
 * which they came; when room is needed the oldest one goes, unless it was read since it came, then it
 * moves to the end once more. A read so costs one bit and no reordering. Source: F. J. Corbató, A
 * Paging Experiment with the Multics System (1968).
 *
 * A value takes its length rounded up to 8 bytes, 8 for its record, and its slot in a table that an
 * eighth of the limit is reserved for; so 64 MiB hold about 780,000 values of 64 bytes or 56,000 of
 * 1 KiB. The ring is allocated in pages of 1 MiB as it fills.
 */
export class ValueCache {
  readonly #limitBytes: number;
  readonly #valueLimitBytes: number;
  readonly #ring: ValueRing;
  readonly #table: PositionTable;
  #hits = 0;
  #misses = 0;
  #entryCount = 0;
  #usedUnits = 0;

  constructor({ limitBytes }: ValueCacheOptions) {
    if (!Number.isSafeInteger(limitBytes) || limitBytes < 0 || limitBytes > LIMIT_BYTES) {
      throw new RangeError(
        `Cannot make a value cache of ${limitBytes} bytes: it takes 0 to ${LIMIT_BYTES}`,
      );
    }
    const sets = Math.floor((limitBytes * TABLE_SHARE) / SET_BYTES);
    const units = sets === 0 ? 0 : Math.floor((limitBytes - sets * SET_BYTES) / UNIT_BYTES);
    this.#limitBytes = limitBytes;
    this.#valueLimitBytes = sets === 0 ? -1 : Math.min(limitBytes * VALUE_SHARE, VALUE_LIMIT_BYTES);
    this.#ring = new ValueRing(units);
    this.#table = new PositionTable(sets, units);
  }

  /** How many calls of {@link get} have returned a value. */
  get hits(): number {
    return this.#hits;
  }

  /** How many calls of {@link get} have returned none. */
  get misses(): number {
    return this.#misses;
  }

  /** How many values there are. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** What the records of these values take of the ring; what was replaced or removed is not counted. */
  get usedBytes(): number {
    return this.#usedUnits * UNIT_BYTES;
  }

  /** What all that the cache allocates stays within. */
  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** What has been allocated until now. */
  get memoryBytes(): number {
    return this.#ring.memoryBytes + this.#table.memoryBytes;
  }

  /**
   * A copy of an entry's value, which counts as used; `undefined` when it is not there. The copy is
   * the caller's, but for its `buffer`, which it may share with other copies: one that is kept keeps
   * up to 64 KiB.
   */
  get(entry: number): Uint8Array | undefined {
    const slot = this.#table.find(entry);
    if (slot === NO_SLOT) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#table.markUsed(slot);
    return this.#ring.copyAt(this.#table.positionAt(slot));
  }

  /**
   * Shows `sink` an entry's value, which counts as used, and says whether it was there. One that was not does not count
   * as missed: whoever asked goes on to {@link get}.
   */
  lend(entry: number, sink: ValueSink): boolean {
    const slot = this.#table.find(entry);
    if (slot === NO_SLOT) return false;
    this.#hits++;
    this.#table.markUsed(slot);
    this.#ring.lendAt(this.#table.positionAt(slot), sink);
    return true;
  }

  /**
   * Keeps a copy of a value instead of the one the entry had. A value larger than 1 MiB or an eighth
   * of the limit is not kept, and the one the entry had is removed. The work grows with the length of
   * the value alone.
   */
  set(entry: number, value: Uint8Array): void {
    if (value.length > this.#valueLimitBytes) {
      this.remove(entry);
      return;
    }
    const units = unitsFor(value.length);
    const slot = this.#table.find(entry);
    if (slot !== NO_SLOT) {
      const position = this.#table.positionAt(slot);
      if (unitsFor(this.#ring.valueBytesAt(position)) === units) {
        this.#ring.replace(position, value);
        return;
      }
      this.#drop(slot);
    }
    this.#makeRoom(units);
    const victim = this.#table.victim(entry, this.#ring.oldest);
    if (victim !== NO_SLOT) this.#drop(victim);
    this.#table.add(entry, this.#ring.push(entry, value));
    this.#entryCount++;
    this.#usedUnits += units;
  }

  /** Forgets an entry's value, if it is there: before the entry's number can come to mean another one. */
  remove(entry: number): void {
    const slot = this.#table.find(entry);
    if (slot !== NO_SLOT) this.#drop(slot);
  }

  #makeRoom(units: number): void {
    const ring = this.#ring;
    const table = this.#table;
    let renewals = RENEWALS_LIMIT;
    let renewedUnits = RENEWED_LIMIT_UNITS + units;
    while (ring.freeUnits < units) {
      const entry = ring.entryAt(ring.oldest);
      const slot = entry === 0 ? NO_SLOT : table.find(entry);
      const oldestUnits = unitsFor(ring.valueBytesAt(ring.oldest));
      const isRenewed =
        slot !== NO_SLOT && renewals > 0 && oldestUnits <= renewedUnits && table.isUsed(slot);
      if (isRenewed) {
        table.move(slot, ring.renew());
        renewals--;
        renewedUnits -= oldestUnits;
      } else {
        if (slot !== NO_SLOT) this.#drop(slot);
        ring.shift();
      }
    }
  }

  /** Its record stays in the ring, as nobody's, until it is the oldest. */
  #drop(slot: number): void {
    const position = this.#table.positionAt(slot);
    this.#entryCount--;
    this.#usedUnits -= unitsFor(this.#ring.valueBytesAt(position));
    this.#ring.drop(position);
    this.#table.remove(slot);
  }
}
