/**
 * The words of one request: command name first, then what it is given. Good until the next request is read: who
 * needs a word longer copies it.
 */
export interface Arguments {
  /** How many there are, the command's name included. */
  readonly count: number;
  /** The bytes of a word, a view of the input. `index` is below {@link Arguments.count}. */
  bytes(index: number): Uint8Array;
  /** A word as text, each byte one character (Latin-1): for names and options, which are ASCII. */
  text(index: number): string;
}
