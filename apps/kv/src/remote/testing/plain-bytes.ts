/** `part` with each array of bytes as a `Uint8Array`, so that arrays of any class compare equal when their bytes do. */
export function plainBytes(part: unknown): unknown {
  if (part instanceof Uint8Array) return Uint8Array.from(part);
  if (Array.isArray(part)) return part.map(plainBytes);
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, member]) => [name, plainBytes(member)]),
  );
}
