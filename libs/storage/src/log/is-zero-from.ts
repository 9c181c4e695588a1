/** Whether all of `bytes` from `offset` on are zeros: what is left of the room that a log had in its file. */
export function isZeroFrom(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
