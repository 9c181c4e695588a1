import type { LogStream } from "../src/logger/log-stream.ts";

/** A stream that keeps what is written to it, and may behave like a terminal, a stalled pipe or a broken one. */
export class CapturedStream implements LogStream {
  isTTY = false;
  colours = false;
  /** Whether somebody reads; what nobody reads adds to `writableLength`. */
  isRead = true;
  writableLength = 0;
  text = "";
  readonly #listeners = new Set<(error: Error) => void>();
  readonly #waiting: (() => void)[] = [];

  hasColors(): boolean {
    return this.colours;
  }

  write(text: string, done?: () => void): boolean {
    this.text += text;
    if (!this.isRead) this.writableLength += text.length;
    if (done === undefined) return true;
    if (this.isRead) done();
    else this.#waiting.push(done);
    return true;
  }

  on(_event: "error", listener: (error: Error) => void): void {
    this.#listeners.add(listener);
  }

  off(_event: "error", listener: (error: Error) => void): void {
    this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Its reader is back, and has taken everything. */
  drain(): void {
    this.isRead = true;
    this.writableLength = 0;
    for (const done of this.#waiting.splice(0)) done();
  }

  /** Its reader is gone. */
  breakPipe(): void {
    for (const listener of this.#listeners) listener(new Error("EPIPE"));
  }

  /** The lines so far. */
  get lines(): readonly string[] {
    return this.text.split("\n").slice(0, -1);
  }
}
