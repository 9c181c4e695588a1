import type { ValueSink } from "../plain-operations.ts";
import { UNIT_BYTES, unitsFor, ValueRing } from "./value-ring.ts";

/** A place is the position of a record plus 1, below 2^31: so it fits where an index keeps it. */
const PLACE_LIMIT = 2 ** 31;

/** 16 GiB: so far places reach. */
const LIMIT_BYTES = PLACE_LIMIT * UNIT_BYTES;

/** Of less than this an eighth is no value worth keeping. */
const LEAST_BYTES = 512;

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

/**
 * While no larger share of the ring than this belongs to values, the rest is what was replaced by values of other lengths: there is no
 * need to forget anything. To find the room of one record among those, not much more than one has to be moved.
 */
const PLENTY_SHARE = 3 / 4;

/** Values that are fetched together: more than a processor has loads under way at once. */
const TOUCHED_LIMIT = 32;

/** Keeps one number for each entry, 0 at first: where its value is. */
export interface Places {
  of(entry: number): number;
  /** `place` is below 2^31. */
  set(entry: number, place: number): void;
}

/** How {@link ValueCache} is made. */
export interface ValueCacheOptions {
  /** What the cache may take, all in all; up to 16 GiB. 0 keeps nothing. */
  readonly limitBytes: number;
  /** Nobody else sets anything there. */
  readonly places: Places;
}

/**
 * Keeps some values in memory, outside the JavaScript heap, by the entry (from 1 up, below 2^31) they
 * belong to. It may forget any of them at any time and never returns another value than the last one
 * that was set.
 *
 * Where a value is, its entry knows, in a word of its own: whoever asks for the value has just looked
 * the entry up, so this costs no look at another table, which would be one more wait for memory.
 *
 * The policy is CLOCK, first in first out with a second chance: values lie in a ring in the order in
 * which they came; when room is needed the oldest one goes, unless it was read since it came, then it
 * moves to the end once more. A read so costs one bit and no reordering. Source: F. J. Corbató, A
 * Paging Experiment with the Multics System (1968). While all values take less than three quarters of the
 * limit every one of them moves on: what is replaced by a value of another length leaves a gap, and gaps alone are to cost nobody his place.
 *
 * A value takes its length rounded up to 8 bytes, and 8 for its record; so 64 MiB hold 930,000 values
 * of 64 bytes or 65,000 of 1 KiB. The ring is allocated in pages of 4 MiB as it fills.
 */
export class ValueCache {
  /** A sum of what {@link touch} has read, so that no compiler leaves the reading out. */
  touched = 0;
  readonly #limitBytes: number;
  readonly #valueLimitBytes: number;
  readonly #plentyUnits: number;
  readonly #ring: ValueRing;
  readonly #places: Places;
  /** Where the values are that {@link touch} fetches. */
  readonly #touchedPositions = new Uint32Array(TOUCHED_LIMIT);
  #hits = 0;
  #misses = 0;
  #entryCount = 0;
  #usedUnits = 0;

  constructor({ limitBytes, places }: ValueCacheOptions) {
    if (!Number.isSafeInteger(limitBytes) || limitBytes < 0 || limitBytes > LIMIT_BYTES) {
      throw new RangeError(
        `Cannot make a value cache of ${limitBytes} bytes: it takes 0 to ${LIMIT_BYTES}`,
      );
    }
    const isOff = limitBytes < LEAST_BYTES;
    const units = isOff ? 0 : Math.min(Math.floor(limitBytes / UNIT_BYTES), PLACE_LIMIT - 1);
    this.#limitBytes = limitBytes;
    this.#valueLimitBytes = isOff ? -1 : Math.min(limitBytes * VALUE_SHARE, VALUE_LIMIT_BYTES);
    this.#plentyUnits = Math.floor(units * PLENTY_SHARE);
    this.#ring = new ValueRing(units);
    this.#places = places;
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
    return this.#ring.memoryBytes;
  }

  /**
   * A copy of an entry's value, which counts as used; `undefined` when it is not there. The copy is
   * the caller's, but for its `buffer`, which it may share with other copies: one that is kept keeps
   * up to 64 KiB.
   */
  get(entry: number): Uint8Array | undefined {
    const place = this.#places.of(entry);
    if (place === 0) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    return this.#ring.copyAt(place - 1);
  }

  /**
   * Shows `sink` an entry's value, which counts as used, and says whether it was there. One that was not does not count
   * as missed: whoever asked goes on to {@link get}.
   */
  lend(entry: number, sink: ValueSink): boolean {
    const place = this.#places.of(entry);
    if (place === 0) return false;
    this.#hits++;
    this.#ring.lendAt(place - 1, sink);
    return true;
  }

  /** Fetches the values of the first `count` of `entries`, 0 for none and 32 at most, into the processor's cache. None counts as used. */
  touch(entries: Uint32Array, count: number): void {
    const positions = this.#touchedPositions;
    let kept = 0;
    for (let index = 0; index < Math.min(count, TOUCHED_LIMIT); index++) {
      const entry = entries[index]!;
      const place = entry === 0 ? 0 : this.#places.of(entry);
      if (place !== 0) positions[kept++] = place - 1;
    }
    this.touched = this.#ring.touch(positions, kept);
  }

  /**
   * Keeps a copy of a value instead of the one the entry had. A value larger than 1 MiB or an eighth
   * of the limit is not kept, and the one the entry had is removed. The work grows with the length of
   * the value alone.
   */
  set(entry: number, value: Uint8Array): void {
    const { buffer, byteOffset, length } = value;
    this.setPart(entry, new DataView(buffer, byteOffset, length), 0, length);
  }

  /** As {@link set}, for the value that is that part of `source`. */
  setPart(entry: number, source: DataView, start: number, end: number): void {
    if (end - start > this.#valueLimitBytes) {
      this.remove(entry);
      return;
    }
    const units = unitsFor(end - start);
    const place = this.#places.of(entry);
    if (place !== 0) {
      if (unitsFor(this.#ring.valueBytesAt(place - 1)) === units) {
        this.#ring.replace(place - 1, source, start, end);
        return;
      }
      this.#drop(entry, place - 1);
    }
    this.#makeRoom(units);
    this.#places.set(entry, this.#ring.push(entry, source, start, end) + 1);
    this.#entryCount++;
    this.#usedUnits += units;
  }

  /**
   * As {@link setPart}, for an entry whose value, kept or not, has `formerBytes`: a record that the new one fits is
   * written over without a look at it, which would wait for memory (130 of 1,400 ns a put).
   */
  replacePart(
    entry: number,
    formerBytes: number,
    source: DataView,
    start: number,
    end: number,
  ): void {
    const place = this.#places.of(entry);
    const fits =
      unitsFor(formerBytes) === unitsFor(end - start) && end - start <= this.#valueLimitBytes;
    if (place !== 0 && fits) this.#ring.replace(place - 1, source, start, end);
    else this.setPart(entry, source, start, end);
  }

  /** Forgets an entry's value, if it is there: before the entry's number can come to mean another one. */
  remove(entry: number): void {
    const place = this.#places.of(entry);
    if (place !== 0) this.#drop(entry, place - 1);
  }

  #makeRoom(units: number): void {
    const ring = this.#ring;
    let renewals = RENEWALS_LIMIT;
    let renewedUnits = RENEWED_LIMIT_UNITS + units;
    while (ring.freeUnits < units) {
      const { oldest } = ring;
      const entry = ring.entryAt(oldest);
      const oldestUnits = unitsFor(ring.valueBytesAt(oldest));
      const isWorthIt = this.#usedUnits <= this.#plentyUnits || ring.isUsed(oldest);
      const isRenewed = entry !== 0 && renewals > 0 && oldestUnits <= renewedUnits && isWorthIt;
      if (isRenewed) {
        this.#places.set(entry, ring.renew() + 1);
        renewals--;
        renewedUnits -= oldestUnits;
      } else {
        if (entry !== 0) this.#drop(entry, oldest);
        ring.shift();
      }
    }
  }

  /** Its record stays in the ring, as nobody's, until it is the oldest. */
  #drop(entry: number, position: number): void {
    this.#entryCount--;
    this.#usedUnits -= unitsFor(this.#ring.valueBytesAt(position));
    this.#ring.drop(position);
    this.#places.set(entry, 0);
  }
}
