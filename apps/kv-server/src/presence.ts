/** Whoever has said nothing for so long, in milliseconds, is not taken for one who is about to wait. */
const quietAfterMs = 100;

/** Which connections of a node say something these days, as far as it matters whether that is more than one. */
export class Presence {
  #latest = 0;
  #turnedMs = Number.NEGATIVE_INFINITY;

  /** The connection with this number, from 1 up, has said something. */
  heard(connection: number, nowMs: number): void {
    if (connection === this.#latest) return;
    this.#latest = connection;
    this.#turnedMs = nowMs;
  }

  /** Whether no more than one has said anything in the latest 100 ms. */
  isOneAtMost(nowMs: number): boolean {
    return nowMs - this.#turnedMs > quietAfterMs;
  }
}
