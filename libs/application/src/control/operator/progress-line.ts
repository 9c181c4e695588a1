import type { Time } from "../../time.ts";
import type { OutputStream } from "./host.ts";

/** What is over sooner needs no progress, in milliseconds. */
const patienceMs = 2_000;

/** The line is written anew at most so often, in milliseconds: a person cannot read faster. */
const repaintMs = 100;

/** Back to the beginning of the line, and nothing behind it: what every terminal has known since the VT100. */
const eraseLine = "\r\u001b[K";

/** One line on a terminal that says how far a command has come. It is not there before two seconds have passed. */
export class ProgressLine implements Disposable {
  readonly #stream: OutputStream;
  readonly #time: Time;
  readonly #over = new AbortController();
  #text: string | undefined;
  #isDue = false;
  #isPainted = false;
  #paintedMs = 0;

  /** Shows nothing at all unless `isShown`. */
  constructor(stream: OutputStream, time: Time, isShown: boolean) {
    this.#stream = stream;
    this.#time = time;
    if (isShown) void this.#becomeDue();
  }

  /** Says how far it is; the line is one line, whatever the text. */
  show(text: string): void {
    this.#text = text;
    const isRecent = this.#isPainted && this.#time.nowMs() - this.#paintedMs < repaintMs;
    if (this.#isDue && !isRecent) this.#paint();
  }

  /** Makes room for other output. The line comes back with the next text. */
  clear(): void {
    if (!this.#isPainted) return;
    this.#stream.write(eraseLine);
    this.#isPainted = false;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#isDue = false;
    this.clear();
  }

  async #becomeDue(): Promise<void> {
    await this.#time.sleep(patienceMs, this.#over.signal);
    if (this.#over.signal.aborted) return;
    this.#isDue = true;
    if (this.#text !== undefined) this.#paint();
  }

  #paint(): void {
    // A terminal that knows no width says 0.
    const { columns = 0 } = this.#stream;
    const width = (columns > 1 ? columns : 80) - 1;
    const text = (this.#text ?? "").replaceAll(/\p{Cc}/gu, " ").slice(0, width);
    this.#stream.write(`${eraseLine}${text}`);
    this.#isPainted = true;
    this.#paintedMs = this.#time.nowMs();
  }
}
