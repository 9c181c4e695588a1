/**
 * RESP as clients send it, from bytes to words:
 *
 * ```text
 * request = "*" count CR LF count*word             none when the count is 0 or less
 *         / line [ CR ] LF                         a line that does not begin with "*": see inline-words.ts
 * word    = "$" length CR LF length*byte CR LF
 * ```
 *
 * Bytes stay where they are and words are offsets into them, so that a usual request costs no object at all. A length
 * is believed only as far as bytes have come: they are kept by the input, which takes memory by doubling. Of a request
 * that is over a limit nothing more is kept; what is left of it is counted and dropped.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

import { isHttpRequestLine } from "../http-guard.ts";
import type { Input } from "../input.ts";
import type { LimitedPart } from "../request.ts";
import { readInlineWords } from "./inline-words.ts";
import { LengthLine, malformed, unfinished } from "./length-line.ts";
import {
  announcedLimitBytes,
  type Audience,
  inlineLimitBytes,
  strangersWordCountLimit,
  strangersWordLimitBytes,
  wordCountLimit,
} from "./word-limits.ts";
import { Words } from "./words.ts";

/**
 * What a read came to. *whole*: the words of a request are there. *starved*: more bytes are needed. *too-long*: the
 * request is dropped, the next one is read as if nothing had been. *broken*: there will be nothing more to read.
 * *foreign*: this is HTTP.
 */
export type Reading =
  | { readonly type: "whole" }
  | { readonly type: "starved" }
  | { readonly type: "foreign" }
  | { readonly type: "too-long"; readonly part: LimitedPart; readonly limitBytes: number }
  | { readonly type: "broken"; readonly reason: string };

const WHOLE: Reading = { type: "whole" };
const STARVED: Reading = { type: "starved" };
const FOREIGN: Reading = { type: "foreign" };
const BROKEN_COUNT = broken("invalid multibulk length");
const BROKEN_LENGTH = broken("invalid bulk length");
const BROKEN_LINE = broken("too big inline request");
const BROKEN_QUOTES = broken("unbalanced quotes in request");
const BROKEN_END = broken("expected CR LF behind the bulk string");

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const STAR = 0x2a;
const DOLLAR = 0x24;

/** No length of a word is known. */
const unknown = -1;

/** Reads the words of one request after the other from an input, whose bytes may end anywhere. */
export class WordReader {
  readonly words = new Words();
  readonly #input: Input;
  readonly #audience: Audience;
  readonly #line = new LengthLine();
  /** Whether nothing has been read so far. */
  #isFirst = true;
  /** Words that the request under way has, or 0 when none is. */
  #expected = 0;
  /** Where in it reading goes on, counted from its beginning. */
  #at = 0;
  /** Length of the word whose bytes come next. While dropping, how many of them are left. */
  #length = unknown;
  /** Words left to drop of a request that is too long. */
  #dropping = 0;

  constructor(input: Input, audience: Audience) {
    this.#input = input;
    this.#audience = audience;
  }

  /** Reads on. After *whole*, the words are good until the next call and the input's next change. */
  read(): Reading {
    const input = this.#input;
    for (;;) {
      if (this.#dropping > 0) {
        const reading = this.#drop();
        if (reading !== WHOLE) return reading;
      }
      if (this.#expected === 0) {
        if (this.words.count > 0) this.words.clear();
        if (input.start === input.end) return STARVED;
        const reading = input.bytes[input.start] === STAR ? this.#begin() : this.#readLine();
        if (reading !== WHOLE) return reading;
      }
      if (this.#expected > 0) {
        const reading = this.#readWords();
        if (reading !== WHOLE) return reading;
      }
      if (this.words.count > 0) return WHOLE;
    }
  }

  /** Reads how many words there will be. None are no request. */
  #begin(): Reading {
    this.#isFirst = false;
    const { bytes, start, end } = this.#input;
    const count = this.#line.readShort(bytes, start + 1, end);
    if (count === unfinished) return STARVED;
    if (count === malformed || count > wordCountLimit) return BROKEN_COUNT;
    if (count > strangersWordCountLimit && !this.#audience.isAdmitted())
      return broken("unauthenticated multibulk length");
    if (count <= 0) {
      this.#input.advance(this.#line.end);
      return WHOLE;
    }
    this.#expected = count;
    this.#at = this.#line.end - start;
    return WHOLE;
  }

  /** Reads words as far as they are there; with the last one, uses the request up. */
  #readWords(): Reading {
    const input = this.#input;
    const { words } = this;
    const { bytes, start, end } = input;
    const expected = this.#expected;
    let at = start + this.#at;
    while (words.count < expected) {
      if (this.#length === unknown) {
        const reading = this.#readLength(bytes, at, end);
        if (reading !== WHOLE) return this.#pauseAt(at - start, reading);
        at = this.#line.end;
        if (at - start + this.#length > strangersWordLimitBytes) {
          const verdict = this.#judge(at);
          if (verdict !== WHOLE) return verdict;
        }
      }
      const wordEnd = at + this.#length;
      if (wordEnd + 2 > end) return this.#pauseAt(at - start, STARVED);
      if (bytes[wordEnd] !== CARRIAGE_RETURN || bytes[wordEnd + 1] !== LINE_FEED) return BROKEN_END;
      words.add(at - start, wordEnd - start);
      at = wordEnd + 2;
      this.#length = unknown;
    }
    this.#expected = 0;
    words.settle(bytes, input.words, start);
    input.advance(at);
    return WHOLE;
  }

  #pauseAt(offset: number, reading: Reading): Reading {
    this.#at = offset;
    return reading;
  }

  /** Reads the length of the word that begins at `at`. */
  #readLength(bytes: Uint8Array, at: number, end: number): Reading {
    if (at === end) return STARVED;
    if (bytes[at] !== DOLLAR)
      return broken(`expected '$', got '${String.fromCharCode(bytes[at]!)}'`);
    const length = this.#line.readShort(bytes, at + 1, end);
    if (length === unfinished) return STARVED;
    if (length < 0 || length > announcedLimitBytes) return BROKEN_LENGTH;
    this.#length = length;
    return WHOLE;
  }

  /** Whether the request may have the word whose bytes begin at `at`. If it is too long, the rest of it is dropped. */
  #judge(at: number): Reading {
    const input = this.#input;
    const { limits, isAdmitted } = this.#audience;
    const length = this.#length;
    if (length > strangersWordLimitBytes && !isAdmitted()) {
      return broken("unauthenticated bulk length");
    }
    const { keyLimitBytes, requestLimitBytes, valueLimitBytes } = limits;
    const isLongWord = length > Math.max(valueLimitBytes, keyLimitBytes, strangersWordLimitBytes);
    if (!isLongWord && at - input.start + length <= requestLimitBytes) return WHOLE;
    this.#dropping = this.#expected - this.words.count;
    this.#expected = 0;
    this.words.clear();
    input.advance(at);
    return isLongWord
      ? { type: "too-long", part: "value", limitBytes: valueLimitBytes }
      : { type: "too-long", part: "request", limitBytes: requestLimitBytes };
  }

  /** Counts off what is left of a request that is too long. */
  #drop(): Reading {
    const input = this.#input;
    while (this.#dropping > 0) {
      if (this.#length === unknown) {
        const reading = this.#readLength(input.bytes, input.start, input.end);
        if (reading !== WHOLE) return reading;
        input.advance(this.#line.end);
      }
      const dropped = Math.min(this.#length, input.end - input.start);
      this.#length -= dropped;
      input.advance(input.start + dropped);
      const { bytes, start, end } = input;
      if (this.#length > 0 || end - start < 2) return STARVED;
      if (bytes[start] !== CARRIAGE_RETURN || bytes[start + 1] !== LINE_FEED) return BROKEN_END;
      input.advance(start + 2);
      this.#length = unknown;
      this.#dropping--;
    }
    return WHOLE;
  }

  /** Reads a request that is a line. One without a word is no request. */
  #readLine(): Reading {
    const input = this.#input;
    const { bytes, start } = input;
    const lineEnd = input.findLineEnd();
    const end = lineEnd === -1 ? input.end : lineEnd;
    if (end - start > inlineLimitBytes) return BROKEN_LINE;
    if (lineEnd === -1) return STARVED;
    input.advance(lineEnd + 1);
    const hasReturn = end > start && bytes[end - 1] === CARRIAGE_RETURN;
    const line = bytes.subarray(start, hasReturn ? end - 1 : end);
    if (this.#isFirst && isHttpRequestLine(line)) return FOREIGN;
    this.#isFirst = false;
    return readInlineWords(line, this.words) ? WHOLE : BROKEN_QUOTES;
  }
}

function broken(reason: string): Reading {
  return { type: "broken", reason };
}
