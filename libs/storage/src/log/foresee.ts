import { FORESEEN_LIMIT } from "../key-index/foresight.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";

/** Below this the index is in the processor's cache anyway, and looking ahead costs more than it saves (measured). */
const LEAST_KEYS = 50_000;
/** Fewer keys than these wait little for each other. */
const FEWEST_TOGETHER = 4;

/** Keys that are asked for next, each in the bucket of its place. */
export interface Foreseen {
  readonly buckets: readonly Uint8Array[];
  readonly keys: readonly Uint8Array[];
  readonly count: number;
}

/** Fetches what a large index knows of keys, and their values from the cache, where they are near when they are asked for. */
export function foresee(
  { index, cache }: { readonly index: KeyIndex; readonly cache: ValueCache },
  { buckets, keys, count }: Foreseen,
): void {
  if (index.keyCount < LEAST_KEYS || count < FEWEST_TOGETHER) return;
  const { foresight } = index;
  for (let from = 0; from < count; from += FORESEEN_LIMIT) {
    const end = Math.min(from + FORESEEN_LIMIT, count);
    let [name, bucket] = [buckets[from]!, index.bucketNamed(buckets[from]!)];
    for (let place = from; place < end; place++) {
      // A client names the same bucket again and again, by the same array.
      if (buckets[place] !== name) {
        name = buckets[place]!;
        bucket = index.bucketNamed(name);
      }
      if (bucket !== 0) foresight.add(bucket, keys[place]!);
    }
    cache.touch(foresight.entries, foresight.fetch());
  }
}
