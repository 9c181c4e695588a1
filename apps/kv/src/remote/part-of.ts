/**
 * The bytes from `start` to before `end`, not copied, as a plain array also where `bytes` are a `Buffer`: whose `slice` is no copy, so
 * that whoever takes one would keep what the next read of a link writes over.
 */
export function partOf({ buffer, byteOffset }: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + start, end - start);
}
