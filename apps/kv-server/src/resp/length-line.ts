/** {@link LengthLine.read}: the line has not ended yet. */
export const unfinished = -Infinity;

/** {@link LengthLine.read}: this is not the decimal form of a whole number and CR LF. */
export const malformed = Infinity;

/** No length that is allowed has more digits; a longer line is refused unread. */
const digitLimit = 18;

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Reads the number behind the first byte of a line:
 *
 * ```text
 * number = ( "0" / [ "-" ] nonzero *17digit ) CR LF
 * ```
 *
 * An object, since a read has two results and happens three times in a usual request.
 */
export class LengthLine {
  /** The offset of the first byte behind the line, after a read that gave a number. */
  end = 0;

  /** The same as {@link LengthLine.read}, sooner when the number has one or two digits, as it nearly always has. */
  readShort(bytes: Uint8Array, start: number, end: number): number {
    if (start + 4 > end) return this.read(bytes, start, end);
    const first = bytes[start]! - ZERO;
    if (first < 0 || first > 9) return this.read(bytes, start, end);
    if (bytes[start + 1] === CARRIAGE_RETURN && bytes[start + 2] === LINE_FEED) {
      this.end = start + 3;
      return first;
    }
    const second = bytes[start + 1]! - ZERO;
    const isShort =
      first !== 0 &&
      second >= 0 &&
      second <= 9 &&
      bytes[start + 2] === CARRIAGE_RETURN &&
      bytes[start + 3] === LINE_FEED;
    if (!isShort) return this.read(bytes, start, end);
    this.end = start + 4;
    return first * 10 + second;
  }

  /** The number in `bytes` from `start`, of which bytes before `end` are there; or one of the constants above. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const isNegative = start < end && bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let value = 0;
    while (at < end) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    const digits = at - first;
    if (digits > digitLimit || (bytes[first] === ZERO && at > first && (digits > 1 || isNegative)))
      return malformed;
    if (at === end) return unfinished;
    if (digits === 0 || bytes[at] !== CARRIAGE_RETURN) return malformed;
    if (at + 1 === end) return unfinished;
    if (bytes[at + 1] !== LINE_FEED) return malformed;
    this.end = at + 2;
    return isNegative ? -value : value;
  }
}
