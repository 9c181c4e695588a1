import type { Store } from "@kv/storage";
import {
  bucketNames,
  bucketOf,
  makeKey,
  valuesOfPopulation,
  writeKeyDigits,
} from "../data/population.ts";

/** Puts that are under way together. */
const PUTS_AT_ONCE = 1_000;

/** Puts the keys 0 to `keys` - 1 into a new store, one by one as clients would; resolves when they are durable. */
export async function fillStore(
  store: Store,
  keys: number,
  onProgress: (share: number) => void,
): Promise<void> {
  for (const name of bucketNames) await (await store.createBucket(name)).durable;
  const values = valuesOfPopulation();
  const key = makeKey();
  for (let index = 0; index < keys; index++) {
    writeKeyDigits(key, 0, index);
    const bucket = bucketNames[bucketOf(index)] ?? key;
    const value = values[index % values.length] ?? key;
    const answer = store.put(bucket, [{ key, value }]);
    if (index % PUTS_AT_ONCE !== 0 && index !== keys - 1) continue;
    // What came before it is in the same group, or in an earlier one.
    await (await answer).durable;
    onProgress(index / keys);
  }
}
