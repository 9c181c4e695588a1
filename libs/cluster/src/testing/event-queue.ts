/** Something that will happen. */
export interface SimulatedEvent {
  readonly atMs: number;
  /** What happens first among what happens at one time. */
  readonly order: number;
  readonly run: () => void;
}

/** Events by time; those of one time in the order in which they were put in. A binary heap. */
export class EventQueue {
  readonly #heap: SimulatedEvent[] = [];
  #order = 0;

  /** The next event, which stays. */
  get next(): SimulatedEvent | undefined {
    return this.#heap[0];
  }

  add(atMs: number, run: () => void): void {
    const event = { atMs, order: this.#order++, run };
    let place = this.#heap.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(place, above)) return;
      this.#swap(place, above);
      place = above;
    }
  }

  /** Takes the next event out. */
  take(): SimulatedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || first === last) return first;
    heap[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(smaller, place)) return first;
      this.#swap(place, smaller);
      place = smaller;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const first = this.#heap[one];
    const second = this.#heap[other];
    if (first === undefined || second === undefined) return false;
    return first.atMs === second.atMs ? first.order < second.order : first.atMs < second.atMs;
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one];
    const second = this.#heap[other];
    if (first === undefined || second === undefined) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
