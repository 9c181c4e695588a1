import { FORESEEN_LIMIT } from "../key-index/foresight.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { KeyPlace } from "../plain-operations.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";

/** Below this the index is in the processor's cache anyway, and looking ahead costs more than it saves (measured). */
const LEAST_KEYS = 50_000;
/** Fewer keys than these wait little for each other. */
const FEWEST_TOGETHER = 4;

/** Fetches what a large index knows of the first `count` of `keys`, and their values from the cache, where they are near when they are asked for. */
export function foresee(
  { index, cache }: { readonly index: KeyIndex; readonly cache: ValueCache },
  keys: readonly KeyPlace[],
  count: number,
): void {
  if (index.keyCount < LEAST_KEYS || count < FEWEST_TOGETHER) return;
  const { foresight } = index;
  for (let from = 0; from < count; from += FORESEEN_LIMIT) {
    const end = Math.min(from + FORESEEN_LIMIT, count);
    let name = keys[from]!.bucket;
    let bucket = index.bucketNamedBy(name);
    for (let place = from; place < end; place++) {
      const key = keys[place]!;
      // A client names the same bucket again and again, by the same array.
      if (key.bucket !== name) bucket = index.bucketNamedBy(key.bucket);
      name = key.bucket;
      if (bucket !== 0) foresight.add(bucket, key.bytes, key.start, key.end);
    }
    cache.touch(foresight.entries, foresight.fetch());
  }
}
