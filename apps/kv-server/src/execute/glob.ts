/**
 * Patterns as Redis has them, over bytes.
 *
 * ```text
 * *       any bytes, none too        [abc]  one of these       [^abc]  one that is none of these
 * ?       one byte                   [a-z]  one of a range, whichever end comes first
 * \x      x itself, also in brackets; a class that is not closed ends with the pattern
 * ```
 *
 * Every part but `*` matches exactly one byte. So when a match fails, only the latest `*` need take one byte more: what
 * an earlier one could take instead, the latest can take as well. No subject costs more than its length times that
 * of the pattern, which is bounded.
 */

/** The longest pattern, in bytes: what makes the time of a match bounded. */
export const patternLimitBytes = 1024;

const STAR = 0x2a;
const QUESTION_MARK = 0x3f;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
const CARET = 0x5e;
const HYPHEN = 0x2d;

/** One byte that a part of a pattern stands for: any within one of the ranges, or in none. */
interface ByteClass {
  readonly isNegated: boolean;
  /** Lowest and highest byte in turn. */
  readonly bounds: readonly number[];
}

type Part = "star" | ByteClass;

const ANY: ByteClass = { isNegated: true, bounds: [] };

/** A pattern, with its bytes read and left. */
export class Glob {
  readonly #parts: readonly Part[];

  /** `pattern` is read now; it is at most {@link patternLimitBytes} long. */
  constructor(pattern: Uint8Array) {
    this.#parts = partsOf(pattern);
  }

  /** Whether all of `subject` matches. */
  matches(subject: Uint8Array): boolean {
    const parts = this.#parts;
    let at = 0;
    let part = 0;
    /** Where to go on when the match fails: after the latest star, which then takes a byte more. */
    let retryPart = -1;
    let retryAt = 0;
    while (at < subject.length) {
      const current = parts[part];
      if (current === "star") {
        part++;
        retryPart = part;
        retryAt = at;
      } else if (current !== undefined && isIn(current, subject[at] ?? 0)) {
        part++;
        at++;
      } else if (retryPart === -1) {
        return false;
      } else {
        retryAt++;
        at = retryAt;
        part = retryPart;
      }
    }
    while (parts[part] === "star") part++;
    return part === parts.length;
  }
}

function isIn({ isNegated, bounds }: ByteClass, byte: number): boolean {
  for (let index = 0; index < bounds.length; index += 2) {
    if (byte >= (bounds[index] ?? 0) && byte <= (bounds[index + 1] ?? 0)) return !isNegated;
  }
  return isNegated;
}

function partsOf(pattern: Uint8Array): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < pattern.length) {
    const byte = pattern[at] ?? 0;
    if (byte === STAR) {
      if (parts.at(-1) !== "star") parts.push("star");
    } else if (byte === QUESTION_MARK) {
      parts.push(ANY);
    } else if (byte === OPENING) {
      const { part, end } = classAt(pattern, at + 1);
      parts.push(part);
      at = end;
    } else {
      // A backslash at the very end stands for itself.
      if (byte === BACKSLASH && at + 1 < pattern.length) at++;
      parts.push(only(pattern[at] ?? 0));
    }
    at++;
  }
  return parts;
}

/** The class whose opening bracket is before `start`; `end` is where its closing one is, or the pattern's end. */
function classAt(pattern: Uint8Array, start: number): { part: ByteClass; end: number } {
  const isNegated = pattern[start] === CARET;
  const bounds: number[] = [];
  let at = isNegated ? start + 1 : start;
  while (at < pattern.length && pattern[at] !== CLOSING) {
    if (pattern[at] === BACKSLASH && at + 1 < pattern.length) {
      at++;
      bounds.push(pattern[at] ?? 0, pattern[at] ?? 0);
    } else if (pattern[at + 1] === HYPHEN && at + 2 < pattern.length) {
      const ends = [pattern[at] ?? 0, pattern[at + 2] ?? 0];
      bounds.push(Math.min(...ends), Math.max(...ends));
      at += 2;
    } else {
      bounds.push(pattern[at] ?? 0, pattern[at] ?? 0);
    }
    at++;
  }
  return { part: { isNegated, bounds }, end: at };
}

function only(byte: number): ByteClass {
  return { isNegated: false, bounds: [byte, byte] };
}
