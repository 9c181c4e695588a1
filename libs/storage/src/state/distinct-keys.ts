/** How many different byte strings `keys` holds. */
export function countDistinct(keys: readonly Uint8Array[]): number {
  return keys.length < 2 ? keys.length : new Set(keys.map(textOf)).size;
}

/** `keys` without those that came earlier in the list. */
export function distinct(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  if (keys.length < 2) return keys;
  const seen = new Set<string>();
  return keys.filter((key) => seen.size < seen.add(textOf(key)).size);
}

/** Of `items` with the same key, the last one. */
export function latestOfEachKey<Item extends { readonly key: Uint8Array }>(
  items: readonly Item[],
): readonly Item[] {
  return [...new Map(items.map((item) => [textOf(item.key), item])).values()];
}

/** One character a byte: equal bytes are equal texts. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
