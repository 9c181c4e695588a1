import type { Time } from "../time.ts";
import { within } from "../time.ts";
import type { LogStream } from "./log-stream.ts";

/**
 * Bytes that may wait for a reader who has stopped reading: some five thousand lines. Beyond it lines are dropped and
 * counted, since the system must neither wait for its reader nor fill its memory.
 */
const pendingLimitBytes = 1024 * 1024;

/** How long the last lines may take to leave, in milliseconds. */
const flushMs = 1_000;

/**
 * Lines on their way out. Writing never blocks and never throws: a pipe without a reader takes no more lines, one whose
 * reader is slow loses some, and says so.
 */
export class LogOutput implements AsyncDisposable {
  readonly #stream: LogStream;
  readonly #time: Time;
  readonly #onError = (): void => {
    this.#isBroken = true;
  };
  #isBroken = false;
  #dropped = 0;

  constructor(stream: LogStream, time: Time) {
    this.#stream = stream;
    this.#time = time;
    stream.on("error", this.#onError);
  }

  /** Lines that were dropped since this was asked last, once there is room again; 0 until then. */
  takeDropped(): number {
    if (!this.#hasRoom()) return 0;
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  write(line: string): void {
    if (this.#isBroken) return;
    if (this.#hasRoom()) this.#stream.write(line);
    else this.#dropped++;
  }

  /** Waits until what was written has left, a second at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isBroken) return;
    const written = Promise.withResolvers<void>();
    this.#stream.write("", () => written.resolve());
    await within(written.promise, flushMs, this.#time);
    // A pipe that broke goes on to say so: that must not become an exception now.
    if (!this.#isBroken && this.#stream.writableLength === 0)
      this.#stream.off("error", this.#onError);
  }

  #hasRoom(): boolean {
    return this.#stream.writableLength < pendingLimitBytes;
  }
}
