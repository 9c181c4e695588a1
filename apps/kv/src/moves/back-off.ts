/** The pause before something is tried again: twice as long each time, up to `most`, until it has worked. */
export class BackOff {
  readonly #least: number;
  readonly #most: number;
  #nextMs: number;

  constructor({ leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number }) {
    this.#least = leastMs;
    this.#most = mostMs;
    this.#nextMs = leastMs;
  }

  /** It has failed: how long to wait now, in milliseconds. */
  failed(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, this.#most);
    return pauseMs;
  }

  /** It has worked. */
  worked(): void {
    this.#nextMs = this.#least;
  }
}
