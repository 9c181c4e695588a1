import { seededRandom } from "../../test/harness/random.ts";
import type { Access } from "./traffic.ts";

/** The same in every process and at every size: it decides which keys are the hot ones. */
const HOT_SEED = 20_26;

/** `count` keys of a population of `keys`, drawn with replacement as `access` says. */
export function drawKeys(
  keys: number,
  access: Access,
  draw: { count: number; seed: number },
): Uint32Array {
  const random = seededRandom(draw.seed);
  const drawn = new Uint32Array(draw.count);
  const hot = access.type === "hot" ? hotKeysOf(keys, access.hotKeys) : undefined;
  const last = (hot?.length ?? keys) - 1;
  for (let at = 0; at < draw.count; at++) {
    const index = random.integer(0, last);
    drawn[at] = hot?.[index] ?? index;
  }
  return drawn;
}

/** A cache that holds no more than this many values is full after so many reads; one that holds more gets to know most. */
const MOST_ONCE = 1_000_000;

/** Every key that `access` may ask for, once; of a larger population a million, spread over it. */
export function eachKeyOnce(keys: number, access: Access): Uint32Array {
  return hotKeysOf(keys, access.type === "hot" ? access.hotKeys : MOST_ONCE);
}

/** `count` different keys, one from each of as many equal parts of the population; all keys when it has no more. */
export function hotKeysOf(keys: number, count: number): Uint32Array {
  if (count >= keys) return Uint32Array.from({ length: keys }, (_, index) => index);
  const random = seededRandom(HOT_SEED);
  return Uint32Array.from({ length: count }, (_, part) => {
    const first = Math.floor((part * keys) / count);
    const last = Math.floor(((part + 1) * keys) / count) - 1;
    return random.integer(first, last);
  });
}
