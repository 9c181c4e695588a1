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
 * there for ever is found without a look at the clock: that would cost as much again as half of the look-up.
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

  // oxlint-disable-next-line max-params -- an object for each look-up would cost as much as what it is for
  find(name: Uint8Array, bytes: Uint8Array, start: number, end: number): KeyFinding["type"] {
    return this.#findIn(this.#index.bucketNamed(name), name, bytes, start, end);
  }

  /** {@link find}, for a name that is in an array that nobody writes to. */
  // oxlint-disable-next-line max-params -- as find
  findPlain(name: Uint8Array, bytes: Uint8Array, start: number, end: number): KeyFinding["type"] {
    return this.#findIn(this.#index.bucketNamedBy(name), name, bytes, start, end);
  }

  // oxlint-disable-next-line max-params -- as find
  #findIn(
    bucket: BucketRef,
    name: Uint8Array,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): KeyFinding["type"] {
    const index = this.#index;
    if (bucket === 0) return this.#findByClock(name, bytes.subarray(start, end));
    const entry = index.find(bucket, bytes, start, end);
    const isForEver =
      entry !== 0 &&
      index.expiresAtMs(entry) === NEVER &&
      index.bucketExpiresAtMs(bucket) === NEVER;
    if (!isForEver) return this.#findByClock(name, bytes.subarray(start, end));
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
