/**
 * A histogram of durations with buckets that grow with the value: 32 to each power of two, so that what it
 * says is at most 3 % off, whatever the magnitude, and recording one costs a few nanoseconds.
 *
 * ```text
 * value    0 … 31   32 … 63   64, 66 … 126   128, 132 … 252
 * width       1        1            2               4
 * ```
 */
const SUB_BUCKET_BITS = 5;
const SUB_BUCKETS = 2 ** SUB_BUCKET_BITS;

/** Beyond this, 35 minutes in microseconds, a value is counted as this. */
const LARGEST = 2 ** 31 - 1;

/** What is said of many durations, in the unit in which they were recorded. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  /** Exact. */
  readonly max: number;
}

/** Counts whole numbers from 0 up; here microseconds. */
export class Histogram {
  readonly #counts = new Float64Array(bucketOf(LARGEST) + 1);
  #total = 0;
  #max = 0;

  /** Counts `value`, `times` over; a fraction is cut off. */
  record(value: number, times = 1): void {
    const bucket = bucketOf(value < LARGEST ? value | 0 : LARGEST);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#total += times;
    if (value > this.#max) this.#max = value;
  }

  /** Forgets all that was recorded. */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#max = 0;
  }

  /** How many were recorded. */
  get total(): number {
    return this.#total;
  }

  /** The value that a `share` of all recorded ones, from 0 to 1, do not exceed; 0 when there are none. */
  quantile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return Math.min(largestIn(bucket), this.#max);
    }
    return 0;
  }

  percentiles(): Percentiles {
    return { p50: this.quantile(0.5), p99: this.quantile(0.99), max: this.#max };
  }
}

/** The bucket that counts `value`, a whole number from 0 to `LARGEST`. */
function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const shift = 31 - Math.clz32(value) - SUB_BUCKET_BITS;
  return (shift + 1) * SUB_BUCKETS + (value >>> shift) - SUB_BUCKETS;
}

/** The largest value that `bucket` counts. */
function largestIn(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS) + 1) * 2 ** shift - 1;
}
