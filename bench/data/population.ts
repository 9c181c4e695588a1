/**
 * The keys and values that all experiments share: `key:00001234` in one of eight buckets, and values of 16 to 128
 * printable bytes. A population of N keys is the keys 0 to N - 1.
 */
import { type Random, seededRandom } from "../../test/harness/random.ts";

const BUCKET_COUNT = 8;
const KEY_PREFIX = "key:";
const KEY_DIGITS = 8;
const ZERO = 0x30;

/** The length of every key: 12. */
export const KEY_BYTES = KEY_PREFIX.length + KEY_DIGITS;

/** The most keys that a population can have: what the digits of a key can tell apart. */
export const LARGEST_POPULATION = 10 ** KEY_DIGITS;

/** The shortest and longest value, and what they come to on average. */
export const VALUE_BYTES = { least: 16, most: 128, mean: 72 } as const;

/** The names of all buckets, in order. They share a length. */
export const bucketNames: readonly Uint8Array[] = Array.from(
  { length: BUCKET_COUNT },
  (_, bucket) => Buffer.from(`bench-${bucket}`),
);

/** Which bucket holds the key `index`. */
export function bucketOf(index: number): number {
  return index % BUCKET_COUNT;
}

/** An array that `writeKeyDigits` can be used on. It holds the key 0. */
export function makeKey(): Uint8Array {
  return Buffer.from(KEY_PREFIX + "0".repeat(KEY_DIGITS));
}

/** Makes `target`, from `offset` on, the key `index`; the prefix must be there already. */
export function writeKeyDigits(target: Uint8Array, offset: number, index: number): void {
  let rest = index;
  for (let at = offset + KEY_BYTES - 1; at >= offset + KEY_PREFIX.length; at--) {
    const next = (rest / 10) | 0;
    target[at] = ZERO + rest - next * 10;
    rest = next;
  }
}

const FILLED_VALUE_COUNT = 4_096;
const FILLED_VALUE_SEED = 7;

/** The values that a population is filled with: the key `index` gets the value `index % length`. */
export function valuesOfPopulation(): readonly Uint8Array[] {
  return drawValues(FILLED_VALUE_COUNT, FILLED_VALUE_SEED);
}

/** How much text values are cut from. */
const TEXT_BYTES = 2 ** 18;

/** `count` values of random length and bytes, printable and without spaces, so that each is a word of a line. */
export function drawValues(count: number, seed: number): readonly Uint8Array[] {
  const random = seededRandom(seed);
  const text = randomText(random);
  return Array.from({ length: count }, () => {
    const length = random.integer(VALUE_BYTES.least, VALUE_BYTES.most);
    const start = random.integer(0, TEXT_BYTES - length);
    return text.subarray(start, start + length);
  });
}

function randomText(random: Random): Uint8Array {
  const text = Buffer.allocUnsafe(TEXT_BYTES);
  for (let at = 0; at < TEXT_BYTES; at++) text[at] = random.integer(0x21, 0x7e);
  return text;
}
