/** What a {@link ByteMap} holds: each value knows its place in the order of first insertion. */
export interface Placed {
  /** Grows from value to value, store-wide; never used again. */
  readonly ordinal: number;
}

/**
 * A map from byte strings to values, walked in order of first insertion.
 *
 * First form: a `Map` whose keys are the bytes as a Latin-1 string, one character a byte, so that
 * equal bytes are equal keys. Nothing outside this file knows; an index off the JavaScript heap
 * takes its place when the store has to hold more keys than a `Map` can.
 */
export class ByteMap<Value extends Placed> {
  readonly #values = new Map<string, Value>();

  get size(): number {
    return this.#values.size;
  }

  get(key: Uint8Array): Value | undefined {
    return this.#values.get(textOf(key));
  }

  /** The ordinal of a `value` under a new key must be higher than any the map has seen. Copies `key`. */
  set(key: Uint8Array, value: Value): void {
    this.#values.set(textOf(key), value);
  }

  delete(key: Uint8Array): boolean {
    return this.#values.delete(textOf(key));
  }

  /**
   * The entries whose ordinal is at least `ordinal`, lowest first. The keys are fresh arrays.
   *
   * Skips those before it one by one, so a listing in pages costs the square of their number:
   * bearable for this first form only.
   */
  *from(ordinal: number): Generator<readonly [key: Uint8Array, value: Value], void> {
    for (const [text, value] of this.#values) {
      if (value.ordinal >= ordinal) yield [new Uint8Array(Buffer.from(text, "latin1")), value];
    }
  }
}

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

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
