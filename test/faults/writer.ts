import type { Random } from "../harness/random.ts";
import { cellOf, type Operation } from "./operation.ts";
import { WriterHistory } from "./writer-history.ts";

/** The bucket that all writers put into, each under keys of its own. */
export const sharedBucket = "shared";

const KEYS_PER_BUCKET = 10;
const OLD_BUCKETS_LOOKED_AT = 3;
/** How long values may be: some small, most so large that a few hundred of them fill a segment. */
const LENGTHS_BYTES = [40, 4_000, 4_000, 4_000, 16_000];

/**
 * One of the clients that write while the node is killed. It writes into the shared bucket, into one of its own, and in
 * every cycle into a new one, which it creates somewhere along the way; no other writer touches its keys.
 */
export class Writer {
  readonly name: string;
  readonly history = new WriterHistory([[sharedBucket, "exists"]]);
  readonly #random: Random;
  #cycle = 0;
  #sequence = 0;

  constructor(name: string, random: Random) {
    this.name = name;
    this.#random = random;
  }

  beginCycle(cycle: number): void {
    this.#cycle = cycle;
  }

  /** The next request; the label of its value names writer, cycle and sequence, so that each is sent once. */
  next(): Operation {
    this.#sequence += 1;
    const bucket = this.#random.pick([sharedBucket, this.name, this.#cycleBucket(this.#cycle)]);
    if (bucket !== sharedBucket && this.#random.chance(10)) return { type: "create", bucket };
    const key = this.#random.pick(this.#keys());
    if (this.#random.chance(25)) return { type: "delete", bucket, key };
    const bytes = this.#random.integer(0, this.#random.pick(LENGTHS_BYTES));
    const value = `${this.name}.c${this.#cycle}.s${this.#sequence}.${bytes}`;
    return { type: "put", bucket, key, value };
  }

  /** One cell that this writer writes to now. */
  someCell(): { readonly bucket: string; readonly key: string } {
    const bucket = this.#random.pick([sharedBucket, this.name, this.#cycleBucket(this.#cycle)]);
    return { bucket, key: this.#random.pick(this.#keys()) };
  }

  /** The buckets to look at after a crash: those written to, and some of earlier cycles. */
  bucketsToCheck(): readonly string[] {
    const old = Array.from({ length: OLD_BUCKETS_LOOKED_AT }, () =>
      this.#cycleBucket(this.#random.integer(1, this.#cycle)),
    );
    return [...new Set([sharedBucket, this.name, this.#cycleBucket(this.#cycle), ...old])];
  }

  /** Every bucket it ever wrote to. */
  allBuckets(): readonly string[] {
    const cycles = Array.from({ length: this.#cycle }, (_, index) => this.#cycleBucket(index + 1));
    return [sharedBucket, this.name, ...cycles];
  }

  /** The keys it uses, in each of its buckets. */
  keysOf(bucket: string): readonly { readonly cell: string; readonly key: string }[] {
    return this.#keys().map((key) => ({ cell: cellOf(bucket, key), key }));
  }

  #cycleBucket(cycle: number): string {
    return `${this.name}-c${cycle}`;
  }

  #keys(): readonly string[] {
    return Array.from({ length: KEYS_PER_BUCKET }, (_, index) => `${this.name}-k${index}`);
  }
}
