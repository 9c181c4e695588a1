/**
 * What separates words on a line, as bytes: the characters on which Elixir's `String.split/1` splits,
 * in UTF-8. They are the characters of Unicode's White_Space property but for the three that must not break a
 * line (U+00A0, U+2007, U+202F). Source: `String.Break` in Elixir's lib/elixir/unicode/unicode.ex.
 *
 * No lead byte of these sequences occurs inside another character's sequence, so looking at every byte
 * position finds nothing in valid text that is not there, and bytes that are not UTF-8 pass through.
 *
 * ```text
 * 09–0D          U+0009–000D   tab, LF, VT, FF, CR
 * 20             U+0020        space
 * C2 85          U+0085        next line
 * E1 9A 80       U+1680        ogham space
 * E2 80 80–86    U+2000–2006   en quad … six-per-em space
 * E2 80 88–8A    U+2008–200A   punctuation space … hair space
 * E2 80 A8–A9    U+2028–2029   line and paragraph separator
 * E2 81 9F       U+205F        mathematical space
 * E3 80 80       U+3000        ideographic space
 * ```
 */

/**
 * How many bytes of white space begin at `at`: 0 when none does, otherwise 1 to 3. A sequence that
 * `end` cuts short is no white space.
 */
export function whiteSpaceLength(bytes: Uint8Array, at: number, end: number): 0 | 1 | 2 | 3 {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return first === 0x20 || (first >= 0x09 && first <= 0x0d) ? 1 : 0;
  if (first < 0xc2 || first > 0xe3 || at + 1 >= end) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xc2) return second === 0x85 ? 2 : 0;
  if (at + 2 >= end) return 0;
  return isThreeByteSpace(first, second, bytes[at + 2] ?? 0) ? 3 : 0;
}

function isThreeByteSpace(first: number, second: number, third: number): boolean {
  if (first === 0xe2 && second === 0x80) {
    return (third >= 0x80 && third <= 0x8a && third !== 0x87) || third === 0xa8 || third === 0xa9;
  }
  if (first === 0xe2) return second === 0x81 && third === 0x9f;
  if (first === 0xe1) return second === 0x9a && third === 0x80;
  return first === 0xe3 && second === 0x80 && third === 0x80;
}
