/** Parts of so many items, so that a growing heap is never copied. */
const PART_BITS = 14;
const PART_ITEMS = 2 ** PART_BITS;
const PART_MASK = PART_ITEMS - 1;

/**
 * What expires, soonest first: a heap with four children to a parent, which is half as deep as one
 * with two and finds the children side by side in memory. Items are known by the place that they are
 * at, and places change: `moved` is told each time. With each item goes a mark, which means nothing here.
 */
export class ExpiryHeap {
  readonly #times: Float64Array[] = [];
  readonly #refs: Uint32Array[] = [];
  readonly #marks: Uint32Array[] = [];
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
    return this.#times.length * PART_ITEMS * 16;
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

  /** The mark of the item at `place`. */
  markAt(place: number): number {
    return this.#marks[place >>> PART_BITS]![place & PART_MASK]!;
  }

  /** Sets {@link markAt}, below 2^32. */
  setMarkAt(place: number, mark: number): void {
    this.#marks[place >>> PART_BITS]![place & PART_MASK] = mark;
  }

  /** Adds `ref`, to expire at `timeMs`. */
  add(ref: number, timeMs: number, mark = 0): void {
    const place = this.#size++;
    if (place >>> PART_BITS === this.#times.length) {
      this.#times.push(new Float64Array(PART_ITEMS));
      this.#refs.push(new Uint32Array(PART_ITEMS));
      this.#marks.push(new Uint32Array(PART_ITEMS));
    }
    this.#rise(place, { ref, timeMs, mark });
  }

  /** Lets the item at `place` expire at another time. */
  changeAt(place: number, timeMs: number): void {
    const item = { ref: this.#refAt(place), timeMs, mark: this.markAt(place) };
    if (timeMs < this.timeAt(place)) this.#rise(place, item);
    else this.#sink(place, item);
  }

  /** Removes the item at `place`. */
  removeAt(place: number): void {
    const last = --this.#size;
    if (last !== place) {
      const item = this.#itemAt(last);
      if (item.timeMs < this.timeAt(place)) this.#rise(place, item);
      else this.#sink(place, item);
    }
    // One part is kept in reserve: a heap that goes to and fro over its edge allocates nothing.
    if (this.#times.length > (last >>> PART_BITS) + 2) {
      this.#times.pop();
      this.#refs.pop();
      this.#marks.pop();
    }
  }

  #refAt(place: number): number {
    return this.#refs[place >>> PART_BITS]![place & PART_MASK]!;
  }

  #itemAt(place: number): Item {
    return { ref: this.#refAt(place), timeMs: this.timeAt(place), mark: this.markAt(place) };
  }

  #settle(place: number, { ref, timeMs, mark }: Item): void {
    this.#times[place >>> PART_BITS]![place & PART_MASK] = timeMs;
    this.#refs[place >>> PART_BITS]![place & PART_MASK] = ref;
    this.#marks[place >>> PART_BITS]![place & PART_MASK] = mark;
    this.#moved(ref, place);
  }

  #rise(from: number, item: Item): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 2;
      if (this.timeAt(parent) <= item.timeMs) break;
      this.#settle(place, this.#itemAt(parent));
      place = parent;
    }
    this.#settle(place, item);
  }

  #sink(from: number, item: Item): void {
    const size = this.#size;
    let place = from;
    for (;;) {
      const first = 4 * place + 1;
      let soonest = -1;
      let soonestMs = item.timeMs;
      for (let child = first; child < first + 4 && child < size; child++) {
        const childMs = this.timeAt(child);
        if (childMs >= soonestMs) continue;
        soonest = child;
        soonestMs = childMs;
      }
      if (soonest === -1) break;
      this.#settle(place, this.#itemAt(soonest));
      place = soonest;
    }
    this.#settle(place, item);
  }
}

/** What expires, when, and what goes with it. */
interface Item {
  readonly ref: number;
  readonly timeMs: number;
  readonly mark: number;
}
