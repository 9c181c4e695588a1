import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";
import { StorageError } from "./errors.ts";
import { forwardClock } from "./forward-clock.ts";
import { type EntryRef, KeyIndex } from "./key-index/key-index.ts";
import { applyMutation, type ValuePlaces } from "./state/apply-mutation.ts";
import { ChangeGuard } from "./state/change-guard.ts";
import { decideCreateBucket, decideDropBucket } from "./state/decide-bucket.ts";
import { decideDelete } from "./state/decide-delete.ts";
import type { NewExpiry } from "./new-expiry.ts";
import { decideExpire } from "./state/decide-expire.ts";
import { decidePut } from "./state/decide-put.ts";
import { type Decision, dropsBucket, type Finding } from "./state/decision.ts";
import { findKey } from "./state/find-key.ts";
import { expiryOf } from "./state/look-up.ts";
import { mutationNumber } from "./state/mutation-number.ts";
import { raiseRevision } from "./state/raise-revision.ts";
import { readKey } from "./state/read-key.ts";
import { readBucket, readBuckets, readKeys } from "./state/read-listing.ts";
import type {
  FieldPlace,
  KeyAbout,
  KeyPlace,
  ReadResult,
  ValueSink,
  WriteResult,
} from "./plain-operations.ts";
import type { StoreStatistics } from "./statistics.ts";
import type {
  Answer,
  BucketOutcome,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  Field,
  GetOutcome,
  KeyOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
  Revision,
  Store,
} from "./store.ts";
import type { StoreTraits } from "./store-traits.ts";

/** What messages call it. */
const NAME = ":memory:";
const SEED_BYTES = 16;
const NOWHERE = { segment: 0, offset: 0 };

/** The engine that forgets: for tests, and for nodes whose data may go when the process does. */
export class MemoryStore implements Store {
  readonly traits: StoreTraits = {
    engine: "memory",
    listingMayRepeat: false,
    durable: false,
    answersAtOnce: true,
    countsAtOnce: true,
  };
  readonly #clock: Clock;
  readonly #guard = new ChangeGuard(NAME);
  /** By entry; whoever reuses one writes over what it held. */
  readonly #values = new Map<EntryRef, Uint8Array>();
  readonly #places: ValuePlaces = {
    next: () => NOWHERE,
    keep: (entry, value) => void this.#values.set(entry, new Uint8Array(value)),
  };
  #index: KeyIndex | undefined = new KeyIndex({
    seed: randomBytes(SEED_BYTES),
    entryOverheadBytes: 0,
    onRemove: (entry) => void this.#values.delete(entry),
  });

  constructor(options: { readonly clock: Clock }) {
    this.#clock = forwardClock(options.clock);
  }

  createBucket(bucket: Uint8Array): Answer<CreateBucketOutcome> {
    return this.#commit(decideCreateBucket(this.#open(), bucket, this.#clock()));
  }

  dropBucket(bucket: Uint8Array): Answer<DropBucketOutcome> {
    return this.#commit(decideDropBucket(this.#open(), bucket, this.#clock()));
  }

  describeBucket(bucket: Uint8Array): Answer<BucketOutcome> {
    const nowMs = this.#clock();
    return answer(readBucket(this.#swept(nowMs), bucket, nowMs));
  }

  describeKey(bucket: Uint8Array, key: Uint8Array): Answer<KeyOutcome> {
    return answer(readKey(this.#open(), { bucket, key }, this.#clock()));
  }

  get(bucket: Uint8Array, key: Uint8Array): Answer<GetOutcome> {
    const index = this.#open();
    const { type, entry, restsOn } = findKey(index, { bucket, key }, this.#clock());
    if (type !== "entry") return answer({ outcome: { type }, restsOn });
    const value = this.#values.get(entry);
    if (value === undefined) throw new Error(`Entry ${entry} has no value`);
    const revision = mutationNumber(index.revision(entry));
    const expiresAtMs = expiryOf(index.expiresAtMs(entry));
    return answer({ outcome: { type: "found", value, revision, expiresAtMs }, restsOn });
  }

  read({ bucket, bytes, start, end }: KeyPlace, sink: ValueSink, about?: KeyAbout): ReadResult {
    const { outcome } = this.get(bucket, bytes.subarray(start, end));
    if (outcome.type === "found") {
      const { value, revision, expiresAtMs } = outcome;
      if (about !== undefined) Object.assign(about, { revision, expiresAtMs });
      const words = new DataView(value.buffer, value.byteOffset, value.length);
      sink(value, 0, value.length, words);
    }
    return outcome.type;
  }

  lacks(bucket: Uint8Array): boolean {
    return this.#open().bucketNamedBy(bucket) === 0;
  }

  foresee(): void {}

  write(field: FieldPlace): WriteResult | undefined {
    const { bucket, bytes, start, end, valueWords, valueStart, valueEnd } = field;
    const { buffer, byteOffset } = valueWords;
    const key = bytes.subarray(start, end);
    const value = new Uint8Array(buffer, byteOffset + valueStart, valueEnd - valueStart);
    const { outcome, durable } = this.put(bucket, [{ key, value }]);
    if (outcome.type !== "stored") return undefined;
    return { isAdded: outcome.added > 0, revision: outcome.revision, durable };
  }

  put(bucket: Uint8Array, fields: readonly Field[], options?: PutOptions): Answer<PutOutcome> {
    return this.#commit(decidePut(this.#open(), { bucket, fields, options }, this.#clock()));
  }

  delete(
    bucket: Uint8Array,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Answer<DeleteOutcome> {
    return this.#commit(decideDelete(this.#open(), { bucket, keys, condition }, this.#clock()));
  }

  expire(
    bucket: Uint8Array,
    key: Uint8Array | undefined,
    expiry: NewExpiry,
  ): Answer<ExpireOutcome> {
    return this.#commit(decideExpire(this.#open(), { bucket, key, expiry }, this.#clock()));
  }

  listBuckets(options: ListOptions = {}): Answer<ListBucketsOutcome> {
    return answer(readBuckets(this.#open(), options, this.#clock()));
  }

  listKeys(bucket: Uint8Array, options: ListOptions = {}): Answer<ListKeysOutcome> {
    return answer(readKeys(this.#open(), { ...options, bucket }, this.#clock()));
  }

  statistics(): StoreStatistics {
    const { keyCount: keys, bucketCount: buckets, memoryBytes } = this.#swept(this.#clock());
    return { keys, buckets, indexBytes: memoryBytes, writable: true };
  }

  raiseRevision(atLeast: Revision): void {
    raiseRevision(this.#open(), atLeast);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#index = undefined;
    this.#values.clear();
  }

  #open(): KeyIndex {
    this.#guard.assertWhole();
    if (this.#index !== undefined) return this.#index;
    throw new StorageError("STORAGE_NOT_OPEN", { path: NAME });
  }

  /** Without what has lapsed: nobody sweeps this engine but those who count. */
  #swept(nowMs: number): KeyIndex {
    const index = this.#open();
    this.#change(() => {
      index.sweep(nowMs, Number.POSITIVE_INFINITY);
      let bucket = index.lapsedBucket(nowMs);
      for (; bucket !== 0; bucket = index.lapsedBucket(nowMs)) index.dropBucket(bucket);
      index.reclaim(Number.POSITIVE_INFINITY);
    });
    return index;
  }

  #commit<Outcome>(decision: Decision<Outcome>): Answer<Outcome> {
    const index = this.#open();
    this.#change(() => {
      for (const mutation of decision.mutations) applyMutation(index, mutation, this.#places);
      if (dropsBucket(decision)) index.reclaim(Number.POSITIVE_INFINITY);
    });
    return answer(decision);
  }

  #change(change: () => void): void {
    this.#guard.begin();
    try {
      change();
    } finally {
      this.#guard.end();
    }
  }
}

/** Nothing survives a crash here, so there is nothing to wait for. */
function answer<Outcome>({ outcome }: Finding<Outcome>): Answer<Outcome> {
  return { outcome, durable: undefined };
}
