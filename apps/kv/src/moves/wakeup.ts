/** A place to wait at, until somebody calls or the time is over. */
export class Wakeup {
  #isWoken = false;
  #wake: (() => void) | undefined;

  /** Whether somebody has called since it was cleared. */
  get isWoken(): boolean {
    return this.#isWoken;
  }

  /** Forgets calls. */
  clear(): void {
    this.#isWoken = false;
  }

  /** Whoever waits goes on; who comes to wait next does not wait. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Waits for a call, if there was none since it was cleared, or for so many milliseconds. One waits at a time. */
  async wait(limitMs: number | undefined): Promise<void> {
    if (this.#isWoken) return;
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const timer = limitMs === undefined ? undefined : setTimeout(woken.resolve, limitMs);
    await woken.promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }
}
