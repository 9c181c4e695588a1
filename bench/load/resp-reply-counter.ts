/**
 * Counts RESP replies to HGET and HSET, jumping over the values.
 *
 * ```text
 * HGET = "$" length CR LF value CR LF     length: that of a value of the bench
 *      | "$-1" CR LF | "_" CR LF          no such key, in RESP2 and RESP3: a miss
 * HSET = ":0" CR LF                       the key was there, as all keys of a population are
 * ```
 * Everything else is a failure: errors, a value of a wrong length, a reply to another request, a key that was not there.
 */
import { VALUE_BYTES } from "../data/population.ts";
import type { Operation } from "../data/traffic.ts";
import type { ReplyCounter } from "./reply-counter.ts";

const CR = 0x0d;
const LF = 0x0a;
const DOLLAR = 0x24;
const ZERO = 0x30;
const NINE = 0x39;
const LINE_END_BYTES = 2;
/** What is kept of a first line: a failure is shown as far as that. */
const LINE_BYTES = 120;

const OVERWRITTEN = ":0";
const MISSES: ReadonlySet<string> = new Set(["$-1", "_"]);

/** The state of one connection's stream of replies to `operation` over RESP. */
export class RespReplyCounter implements ReplyCounter {
  readonly #gets: boolean;
  readonly #puts: boolean;
  /** The first line of the reply that is under way, without its end. */
  readonly #line = new Uint8Array(LINE_BYTES);
  #lineBytes = 0;
  /** What is left of a value and the end of its line. */
  #valueBytes = 0;
  #failure: string | undefined;
  #misses = 0;

  constructor(operation: Operation) {
    this.#gets = operation !== "put";
    this.#puts = operation !== "get";
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  get misses(): number {
    return this.#misses;
  }

  count(chunk: Uint8Array): number {
    let replies = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#valueBytes > 0) {
        const step = Math.min(this.#valueBytes, chunk.length - at);
        at += step;
        this.#valueBytes -= step;
        if (this.#valueBytes > 0) break;
        if (chunk[at - 1] !== LF) this.#failure ??= "a value that is not as long as was said";
        replies += 1;
        continue;
      }
      const byte = chunk[at] ?? LF;
      at += 1;
      if (byte !== LF) this.#keep(byte);
      else if (this.#endLine()) replies += 1;
    }
    return replies;
  }

  #keep(byte: number): void {
    if (this.#lineBytes < LINE_BYTES) this.#line[this.#lineBytes++] = byte;
  }

  /** Whether the line that has ended was a whole reply. */
  #endLine(): boolean {
    const length = this.#lineBytes - 1;
    this.#lineBytes = 0;
    const isGet = this.#gets && this.#line[0] === DOLLAR;
    const valueBytes = isGet && this.#line[length] === CR ? this.#number(length) : Number.NaN;
    if (valueBytes >= VALUE_BYTES.least && valueBytes <= VALUE_BYTES.most) {
      this.#valueBytes = valueBytes + LINE_END_BYTES;
      return false;
    }
    this.#judge(Buffer.from(this.#line.subarray(0, Math.max(length, 0))).toString("latin1"));
    return true;
  }

  /** The digits behind the first byte of the line, `length` bytes in all; `NaN` when they are not all digits. */
  #number(length: number): number {
    let value = length > 1 ? 0 : Number.NaN;
    for (let at = 1; at < length; at++) {
      const digit = this.#line[at] ?? 0;
      value = digit >= ZERO && digit <= NINE ? value * 10 + digit - ZERO : Number.NaN;
    }
    return value;
  }

  #judge(line: string): void {
    if (this.#puts && line === OVERWRITTEN) return;
    if (this.#gets && MISSES.has(line)) this.#misses += 1;
    else this.#failure ??= line;
  }
}
