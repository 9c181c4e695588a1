/** Some bytes that have come in: those of `bytes` from 0 to before `end`. What is behind them is no input, and may be anything. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** The same memory, offset for offset: for who copies more than a byte at a time. */
  readonly words: DataView;
  readonly end: number;
}

/** All of `bytes`. */
export function pieceOf(bytes: Uint8Array): Piece {
  return { bytes, words: wordsOf(bytes), end: bytes.length };
}

/** The memory of `bytes`, offset for offset. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
