/**
 * A request as a person types it: words on a line, some of them in quotes.
 *
 * ```text
 * line   = *space [ word *( end *space word ) ] *space
 * word   = *( plain / double / single )           a word of an empty pair of quotes is empty
 * double = DQUOTE *( escape / other ) DQUOTE       and then a space or the end of the line: it ends its word
 * escape = "\x" hexdigit hexdigit / "\" byte       \n \r \t \b \a are what they are in C
 * single = "'" *( "\'" / other ) "'"               as double
 * space  = end / 0x0b / 0x0c
 * end    = 0x09 / 0x0a / 0x0d / 0x20               a word holds the other two unless it begins with them
 * ```
 *
 * As in Redis, a NUL ends the line.
 */

import { wordsOf } from "../piece.ts";
import type { Words } from "./words.ts";

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LOWER_X = 0x78;

const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: 0x0a, r: 0x0d, t: 0x09, b: 0x08, a: 0x07 }).map(([name, byte]) => [
    name.charCodeAt(0),
    byte,
  ]),
);

/** Puts the words of `line` into `words`, which is empty. `false` when its quotes do not balance. */
export function readInlineWords(line: Uint8Array, words: Words): boolean {
  return new InlineReader(line, words).read();
}

/** One pass over a line. What is in the words is never longer than how it was typed. */
class InlineReader {
  readonly #line: Uint8Array;
  readonly #words: Words;
  readonly #target: Uint8Array;
  #at = 0;
  #length = 0;

  constructor(line: Uint8Array, words: Words) {
    this.#line = line;
    this.#words = words;
    this.#target = new Uint8Array(line.length);
  }

  read(): boolean {
    for (;;) {
      while (isSpace(this.#line[this.#at])) this.#at++;
      if (this.#isAtEnd) break;
      const start = this.#length;
      if (!this.#word()) return false;
      this.#words.add(start, this.#length);
    }
    this.#words.settle(this.#target, wordsOf(this.#target), 0);
    return true;
  }

  /** Outside of quotes a NUL is the end, as it is of a string in C. */
  get #isAtEnd(): boolean {
    const byte = this.#line[this.#at];
    return byte === undefined || byte === 0;
  }

  #word(): boolean {
    while (!this.#isAtEnd && !isEndOfWord(this.#line[this.#at])) {
      const byte = this.#line[this.#at++]!;
      if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) return this.#quoted(byte);
      this.#put(byte);
    }
    return true;
  }

  /** The rest of a word from behind its opening quote: nothing may stand behind the closing one. */
  #quoted(quote: number): boolean {
    for (;;) {
      const byte = this.#line[this.#at++];
      if (byte === undefined || byte === 0) return false;
      if (byte === quote) return this.#isAtEnd || isSpace(this.#line[this.#at]);
      if (byte !== BACKSLASH) this.#put(byte);
      else if (quote === DOUBLE_QUOTE) this.#escaped();
      else this.#put(this.#line[this.#at] === SINGLE_QUOTE ? this.#line[this.#at++]! : byte);
    }
  }

  /** What a backslash between double quotes stands for; at the end, for itself. */
  #escaped(): void {
    const byte = this.#line[this.#at];
    if (byte === undefined || byte === 0) {
      this.#put(BACKSLASH);
      return;
    }
    this.#at++;
    const high = hexDigit(this.#line[this.#at]);
    const low = hexDigit(this.#line[this.#at + 1]);
    if (byte === LOWER_X && high !== undefined && low !== undefined) {
      this.#at += 2;
      this.#put(high * 16 + low);
    } else {
      this.#put(ESCAPES.get(byte) ?? byte);
    }
  }

  #put(byte: number): void {
    this.#target[this.#length++] = byte;
  }
}

function isEndOfWord(byte: number | undefined): boolean {
  return isSpace(byte) && byte !== 0x0b && byte !== 0x0c;
}

function isSpace(byte: number | undefined): boolean {
  return byte !== undefined && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase());
  return digit === -1 ? undefined : digit;
}
