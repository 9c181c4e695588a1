/**
 * Counts the replies of the line protocol without making text of them, in one pass over the bytes.
 *
 * ```text
 * reply   = [value CR LF] "OK" CR LF           to GET and PUT; a value of the bench holds no space
 * failure = words with a space between them    NOT FOUND, UNKNOWN COMMAND, ERROR …
 * ```
 * A value of the bench is never just `OK`, so each line `OK` ends one reply.
 */
import type { ReplyCounter } from "./reply-counter.ts";

const OK = [0x4f, 0x4b, 0x0d, 0x0a] as const;
const LF = 0x0a;
const SPACE = 0x20;
/** What is kept of a failure, to be shown. */
const SHOWN_BYTES = 120;

/** The state of one connection's stream of replies over the line protocol. */
export class LineReplyCounter implements ReplyCounter {
  /** How many bytes of `OK` this line has matched so far; -1 once it is another line. */
  #matched = 0;
  #isFailure = false;
  #lineBytes = 0;
  #failure: string | undefined;
  #emptyLines = 0;

  /** Of a failure that was cut in two, what its last chunk held. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Their value is an empty line. */
  get misses(): number {
    return this.#emptyLines;
  }

  count(chunk: Uint8Array): number {
    let replies = 0;
    let matched = this.#matched;
    let lineStart = -this.#lineBytes;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (matched >= 0 && byte === OK[matched]) {
        matched += 1;
        if (matched < OK.length) continue;
        replies += 1;
        matched = 0;
        lineStart = at + 1;
      } else if (byte === LF) {
        if (this.#isFailure) this.#fail(chunk, lineStart, at);
        if (at - lineStart === 1) this.#emptyLines += 1;
        matched = 0;
        lineStart = at + 1;
      } else {
        matched = -1;
        if (byte === SPACE) this.#isFailure = true;
      }
    }
    this.#matched = matched;
    this.#lineBytes = chunk.length - lineStart;
    return replies;
  }

  #fail(chunk: Uint8Array, lineStart: number, lineEnd: number): void {
    const start = Math.max(0, lineStart);
    const line = chunk.subarray(start, Math.min(lineEnd, start + SHOWN_BYTES));
    this.#failure ??= Buffer.from(line).toString("latin1").trim();
    this.#isFailure = false;
  }
}
