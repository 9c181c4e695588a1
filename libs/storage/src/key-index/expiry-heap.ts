/** Parts of so many items, so that a growing heap is never copied. */
const PART_BITS = 14;
const PART_ITEMS = 2 ** PART_BITS;
const PART_MASK = PART_ITEMS - 1;

/**
 * What expires, soonest first: a heap with four children to a parent, which is half as deep as one
 * with two and finds the children side by side in memory. Items are known by the place that they are
 * at, and places change: `moved` is told each time.
 */
export class ExpiryHeap {
  readonly #times: Float64Array[] = [];
  readonly #refs: Uint32Array[] = [];
  readonly #moved: (ref: number, place: number) => void;
  #size = 0;

  constructor(moved: (ref: number, place: number) => void) {
    this.#moved = moved;
  }

  /** How many items there are. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of all parts. */
  get memoryBytes(): number {
    return this.#times.length * PART_ITEMS * 12;
  }

  /** The time of the item that is due next, `Infinity` when there is none. */
  get soonestMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.timeAt(0);
  }

  /** The item that is due next; there must be one. */
  get soonest(): number {
    return this.#refAt(0);
  }

  /** All items, in no order. */
  refs(): readonly number[] {
    return Array.from({ length: this.#size }, (_, place) => this.#refAt(place));
  }

  /** When the item at `place` expires. */
  timeAt(place: number): number {
    return this.#times[place >>> PART_BITS]![place & PART_MASK]!;
  }

  /** Adds `ref`, to expire at `timeMs`. */
  add(ref: number, timeMs: number): void {
    const place = this.#size++;
    if (place >>> PART_BITS === this.#times.length) {
      this.#times.push(new Float64Array(PART_ITEMS));
      this.#refs.push(new Uint32Array(PART_ITEMS));
    }
    this.#rise(place, ref, timeMs);
  }

  /** Lets the item at `place` expire at another time. */
  changeAt(place: number, timeMs: number): void {
    const ref = this.#refAt(place);
    if (timeMs < this.timeAt(place)) this.#rise(place, ref, timeMs);
    else this.#sink(place, ref, timeMs);
  }

  /** Removes the item at `place`. */
  removeAt(place: number): void {
    const last = --this.#size;
    const ref = this.#refAt(last);
    const timeMs = this.timeAt(last);
    if (last !== place) {
      if (timeMs < this.timeAt(place)) this.#rise(place, ref, timeMs);
      else this.#sink(place, ref, timeMs);
    }
    // One part is kept in reserve: a heap that goes to and fro over its edge allocates nothing.
    if (this.#times.length > (last >>> PART_BITS) + 2) {
      this.#times.pop();
      this.#refs.pop();
    }
  }

  #refAt(place: number): number {
    return this.#refs[place >>> PART_BITS]![place & PART_MASK]!;
  }

  #settle(place: number, ref: number, timeMs: number): void {
    this.#times[place >>> PART_BITS]![place & PART_MASK] = timeMs;
    this.#refs[place >>> PART_BITS]![place & PART_MASK] = ref;
    this.#moved(ref, place);
  }

  #rise(from: number, ref: number, timeMs: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 2;
      const parentMs = this.timeAt(parent);
      if (parentMs <= timeMs) break;
      this.#settle(place, this.#refAt(parent), parentMs);
      place = parent;
    }
    this.#settle(place, ref, timeMs);
  }

  #sink(from: number, ref: number, timeMs: number): void {
    const size = this.#size;
    let place = from;
    for (;;) {
      const first = 4 * place + 1;
      let soonest = -1;
      let soonestMs = timeMs;
      for (let child = first; child < first + 4 && child < size; child++) {
        const childMs = this.timeAt(child);
        if (childMs >= soonestMs) continue;
        soonest = child;
        soonestMs = childMs;
      }
      if (soonest === -1) break;
      this.#settle(place, this.#refAt(soonest), soonestMs);
      place = soonest;
    }
    this.#settle(place, ref, timeMs);
  }
}
