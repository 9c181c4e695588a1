import type { WriteStream } from "node:tty";

/** A terminal is written to this often at most, and anything else, a log say, that often. */
const TERMINAL_PAUSE_MS = 100;
const LOG_PAUSE_MS = 10_000;

/**
 * Tells on standard error what is going on: one line that is written over on a terminal, elsewhere a line now and then.
 * A new heading is told at once.
 */
export class Progress {
  readonly #stream: WriteStream;
  readonly #startedMs = performance.now();
  #toldMs = Number.NEGATIVE_INFINITY;
  #heading = "";

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** What is under way, `workloads` say; `tell` says how far it is. */
  begin(heading: string): void {
    this.#heading = heading;
    this.#toldMs = Number.NEGATIVE_INFINITY;
    this.tell("");
  }

  tell(detail: string): void {
    const now = performance.now();
    const pauseMs = this.#stream.isTTY ? TERMINAL_PAUSE_MS : LOG_PAUSE_MS;
    if (now - this.#toldMs < pauseMs) return;
    this.#toldMs = now;
    const seconds = Math.round((now - this.#startedMs) / 1_000);
    const line = `${seconds} s  ${this.#heading}${detail === "" ? "" : `: ${detail}`}`;
    if (!this.#stream.isTTY) this.#stream.write(`${line}\n`);
    else this.#stream.write(`\r${line.slice(0, widthOf(this.#stream))}\u001B[K`);
  }

  /** As `tell`, for something that is done to `share`, from 0 to 1. */
  tellShare(what: string, share: number): void {
    this.tell(`${what}: ${Math.floor(share * 100)} %`);
  }

  /** Clears the terminal's line, so that something else can be printed. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[K");
    this.#toldMs = Number.NEGATIVE_INFINITY;
  }
}

/** What fits into a line; some terminals say that they have no columns. */
function widthOf({ columns }: WriteStream): number {
  return (columns > 0 ? columns : 80) - 1;
}
