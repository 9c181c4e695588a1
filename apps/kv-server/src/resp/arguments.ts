import type { BucketName } from "@kv/kv";

/**
 * The words of one request: command name first, then what it is given. Good until the next request is read: who
 * needs a word longer copies it.
 */
export interface Arguments {
  /** How many there are, the command's name included. */
  readonly count: number;
  /** The bytes of a word, a view of the input. `index` is below {@link Arguments.count}. */
  bytes(index: number): Uint8Array;
  /** The bucket that a word names, `undefined` when it cannot be the name of one: not a view, it stays good. */
  bucket(index: number): BucketName | undefined;
  /** A word as text, each byte one character (Latin-1): for names and options, which are ASCII. */
  text(index: number): string;
}
