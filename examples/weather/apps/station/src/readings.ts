/** What a station has measured at one place. */
export interface Reading {
  readonly place: string;
  /** In the scale that the station is configured for. */
  readonly degrees: number;
}

/** The latest reading of each place, in memory. */
export class Readings {
  readonly #degrees = new Map<string, number>();

  /** How many places have reported. */
  get places(): number {
    return this.#degrees.size;
  }

  /** Keeps a reading in place of the last one; `false` when its place is a new one and there are `placeLimit` others. */
  report({ place, degrees }: Reading, placeLimit: number): boolean {
    if (!this.#degrees.has(place) && this.places >= placeLimit) return false;
    this.#degrees.set(place, degrees);
    return true;
  }

  /** By place, in alphabetical order. */
  all(): readonly Reading[] {
    return [...this.#degrees]
      .map(([place, degrees]) => ({ place, degrees }))
      .toSorted((one, other) => (one.place < other.place ? -1 : 1));
  }
}
