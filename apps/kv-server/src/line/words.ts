import { whiteSpaceLength } from "@kv/kv";

/** No request has more words than this; a line with more is cut off here, since it is no request anyway. */
export const wordLimit = 5;

/** The words of one line as pairs of offsets: where word `n` begins at `2n`, where it ends at `2n + 1`. */
export type WordOffsets = Int32Array;

/** Room for the words of one line, to be used again for every line. */
export function createWordOffsets(): WordOffsets {
  return new Int32Array(wordLimit * 2);
}

/**
 * Finds the words in `bytes` from `start` up to `end`, as Elixir's `String.split/1` would in text: runs of bytes
 * between white space. Bytes that are not UTF-8 belong to words like any other. Returns how many there are, at
 * most {@link wordLimit}.
 */
export function splitWords(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: WordOffsets,
): number {
  let count = 0;
  let at = start;
  while (count < wordLimit) {
    at = skipWhiteSpace(bytes, at, end);
    if (at === end) break;
    words[count * 2] = at;
    at = skipWord(bytes, skipPlainWords(bytes, at, end), end);
    words[count * 2 + 1] = at;
    count++;
  }
  return count;
}

function skipWhiteSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = whiteSpaceLength(bytes, at, end);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/**
 * Four bytes at a time, as long as all of them are ASCII and none is white space or a control character: most of a long
 * word. Whichever might begin white space is left to {@link skipWord}. The bytes below 0x21 are found by a subtraction
 * that borrows the top bit of the byte; a borrow from the byte below only makes it stop early.
 */
function skipPlainWords(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at + 4 <= end) {
    const four =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    if ((((four - 0x21212121) | four) & 0x80808080) !== 0) break;
    at += 4;
  }
  return at;
}

/** Only bytes up to 0x20 and from 0xc2 to 0xe3 can begin white space: the others are passed over quickly. */
function skipWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte <= 0x20 || (byte >= 0xc2 && byte <= 0xe3)) {
      if (whiteSpaceLength(bytes, at, end) > 0) break;
    }
    at++;
  }
  return at;
}
