import type { Clock } from "../clock.ts";
import { type BucketRef, type EntryRef, type KeyIndex, NEVER } from "../key-index/key-index.ts";
import { findKey, type KeyFinding } from "../state/find-key.ts";

/** What a {@link KeyFinder} goes by. */
export interface KeyFinderOptions {
  readonly index: KeyIndex;
  readonly clock: Clock;
}

/**
 * `findKey` for the busiest operation: what was found is in the finder, good until the next call, and a key that is
 * there for ever is found without a look at the clock, which costs a quarter of all that (`bench/README.md`).
 */
export class KeyFinder {
  /** 0 when there is none. */
  bucket: BucketRef = 0;
  /** 0 unless there is one. */
  entry: EntryRef = 0;
  /** The latest mutation that a crash must not take back for what was found to stay true. */
  restsOn = 0;
  readonly #index: KeyIndex;
  readonly #clock: Clock;

  constructor({ index, clock }: KeyFinderOptions) {
    this.#index = index;
    this.#clock = clock;
  }

  find(name: Uint8Array, key: Uint8Array): KeyFinding["type"] {
    const index = this.#index;
    const bucket = index.bucketNamed(name);
    if (bucket === 0) return this.#findByClock(name, key);
    const entry = index.find(bucket, key, 0, key.length);
    const isForEver =
      entry !== 0 &&
      index.expiresAtMs(entry) === NEVER &&
      index.bucketExpiresAtMs(bucket) === NEVER;
    if (!isForEver) return this.#findByClock(name, key);
    this.bucket = bucket;
    this.entry = entry;
    this.restsOn = Math.max(index.bucketStandingRevision(bucket), index.revision(entry));
    return "entry";
  }

  #findByClock(name: Uint8Array, key: Uint8Array): KeyFinding["type"] {
    const finding = findKey(this.#index, { bucket: name, key }, this.#clock());
    this.bucket = finding.bucket;
    this.entry = finding.entry;
    this.restsOn = finding.restsOn;
    return finding.type;
  }
}
