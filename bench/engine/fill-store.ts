import type { Field, Store } from "@kv/storage";
import { bucketNames, drawValues, makeKey, writeKeyDigits } from "../data/population.ts";

const KEYS_PER_PUT = 1_000;
const VALUE_COUNT = 4_096;
const VALUE_SEED = 7;

/** Puts the keys 0 to `keys` - 1 into a new store; resolves when they are durable. */
export async function fillStore(
  store: Store,
  keys: number,
  onProgress: (share: number) => void,
): Promise<void> {
  const values = drawValues(VALUE_COUNT, VALUE_SEED);
  for (const [bucket, name] of bucketNames.entries()) {
    await (await store.createBucket(name)).durable;
    const step = bucketNames.length * KEYS_PER_PUT;
    for (let first = bucket; first < keys; first += step) {
      const fields = fieldsFrom(first, keys, values);
      const { outcome, durable } = await store.put(name, fields);
      if (outcome.type !== "stored") throw new Error(`Cannot fill the store: ${outcome.type}`);
      await durable;
      onProgress((bucket + first / keys) / bucketNames.length);
    }
  }
}

/** The next keys of the bucket that `first` belongs to: every eighth one from there. */
function fieldsFrom(first: number, keys: number, values: readonly Uint8Array[]): readonly Field[] {
  const fields: Field[] = [];
  for (let index = first; index < keys; index += bucketNames.length) {
    if (fields.length === KEYS_PER_PUT) break;
    const key = makeKey();
    writeKeyDigits(key, 0, index);
    fields.push({ key, value: values[index % VALUE_COUNT] ?? key });
  }
  return fields;
}
