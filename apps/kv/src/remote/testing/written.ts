/** What `write` writes, to the middle of a buffer; throws when it wrote anywhere else than where it was measured to. */
export function written(
  byteLength: number,
  write: (target: Uint8Array, at: number) => void,
): Uint8Array {
  const at = 7;
  const target = new Uint8Array(at + byteLength + 1).fill(0xee);
  write(target, at);
  const around = [...target.subarray(0, at), ...target.subarray(at + byteLength)];
  if (around.some((byte) => byte !== 0xee))
    throw new Error("bytes beside those that were measured");
  return target.subarray(at, at + byteLength);
}
