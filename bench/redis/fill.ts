import {
  bucketNames,
  bucketOf,
  KEY_BYTES,
  makeKey,
  valuesOfPopulation,
  writeKeyDigits,
} from "../data/population.ts";
import { TOOL } from "./redis-benchmark.ts";
import type { RespClient } from "./resp-client.ts";

/** Keys that go into one command, and commands that are under way together. */
const KEYS_AT_ONCE = 64;
const COMMANDS_AT_ONCE = 16;

/** Several new keys of one bucket. */
interface Batch {
  readonly bucket: Buffer;
  /** Keys and values in turn. */
  readonly fields: readonly Buffer[];
}

/** Puts the keys 0 to `keys` - 1, as every population has them, into an empty server. */
export async function fillPopulation(
  client: RespClient,
  keys: number,
  onProgress: (share: number) => void,
): Promise<void> {
  let filled = 0;
  await putAll(client, populationBatches(keys), (count) => {
    filled += count;
    onProgress(filled / keys);
  });
}

/** Puts every key that redis-benchmark may draw of `keys`, so that it overwrites and finds all it asks for. */
export async function fillToolKeys(client: RespClient, keys: number): Promise<void> {
  await putAll(client, toolBatches(keys));
}

/** Throws when redis-benchmark has added keys to those of {@link fillToolKeys}, or removed some. */
export async function assertToolKeys(client: RespClient, toolKeys: number): Promise<void> {
  const length = await client.ask("HLEN", TOOL.bucket);
  if (length === toolKeys) return;
  throw new Error(`redis-benchmark was to find ${toolKeys} keys, and leaves ${String(length)}`);
}

async function putAll(
  client: RespClient,
  batches: Iterable<Batch>,
  onProgress: (keys: number) => void = () => {},
): Promise<void> {
  let underWay: Promise<number>[] = [];
  const settle = async (): Promise<void> => {
    for (const count of await Promise.all(underWay)) onProgress(count);
    underWay = [];
  };
  for (const batch of batches) {
    underWay.push(put(client, batch));
    if (underWay.length === COMMANDS_AT_ONCE) await settle();
  }
  await settle();
}

/** How many keys were put: all of `batch`, and all were new. */
async function put(client: RespClient, { bucket, fields }: Batch): Promise<number> {
  const count = fields.length / 2;
  const added = await client.ask("HSET", bucket, ...fields);
  if (added !== count) throw new Error(`HSET of ${count} new keys answered ${String(added)}`);
  return count;
}

/** Bucket by bucket in turn, as many of the keys 0 to `keys` - 1 as go into a command. */
function* populationBatches(keys: number): Generator<Batch> {
  const values = valuesOfPopulation();
  const step = bucketNames.length;
  for (let first = 0; first < keys; first += step * KEYS_AT_ONCE) {
    for (let start = first; start < Math.min(first + step, keys); start++) {
      const fields: Buffer[] = [];
      const end = Math.min(start + step * KEYS_AT_ONCE, keys);
      for (let index = start; index < end; index += step) {
        const key = Buffer.alloc(KEY_BYTES, makeKey());
        writeKeyDigits(key, 0, index);
        fields.push(key, Buffer.from(values[index % values.length] ?? key));
      }
      yield { bucket: Buffer.from(bucketNames[bucketOf(start)] ?? ""), fields };
    }
  }
}

function* toolBatches(keys: number): Generator<Batch> {
  for (let first = 0; first < keys; first += KEYS_AT_ONCE) {
    const fields: Buffer[] = [];
    for (let index = first; index < Math.min(first + KEYS_AT_ONCE, keys); index++) {
      fields.push(Buffer.from(TOOL.keyOf(index)), Buffer.from(TOOL.value));
    }
    yield { bucket: Buffer.from(TOOL.bucket), fields };
  }
}
