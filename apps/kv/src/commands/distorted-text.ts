/** What decoding puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = "\u{FFFD}";

/**
 * Whether a word that was typed may not be what was typed: Node decodes a program's arguments as UTF-8, and what is
 * none has become U+FFFD by then. Somebody who means that very character cannot be told apart.
 */
export function isDistorted(word: string): boolean {
  return word.includes(REPLACEMENT);
}
