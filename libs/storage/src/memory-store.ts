import type { Clock } from "./clock.ts";
import { StorageError } from "./errors.ts";
import { forwardClock } from "./forward-clock.ts";
import { applyMutation } from "./state/apply-mutation.ts";
import { decideCreateBucket, decideDropBucket } from "./state/decide-bucket.ts";
import { decideDelete } from "./state/decide-delete.ts";
import { decideExpire } from "./state/decide-expire.ts";
import { decidePut } from "./state/decide-put.ts";
import type { Decision, Finding } from "./state/decision.ts";
import { readKey } from "./state/read-key.ts";
import { readBuckets, readKeys } from "./state/read-listing.ts";
import { emptyTables, type Tables } from "./state/tables.ts";
import type {
  Answer,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  Field,
  GetOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOutcome,
  Store,
  StoreTraits,
} from "./store.ts";

/** The engine that forgets: for tests, and for nodes whose data may go when the process does. */
export class MemoryStore implements Store {
  readonly traits: StoreTraits = { engine: "memory", listingMayRepeat: false, durable: false };
  readonly #clock: Clock;
  #tables: Tables | undefined = emptyTables();

  constructor(options: { readonly clock: Clock }) {
    this.#clock = forwardClock(options.clock);
  }

  createBucket(bucket: Uint8Array): Answer<CreateBucketOutcome> {
    return this.#commit(decideCreateBucket(this.#open(), bucket, this.#clock()));
  }

  dropBucket(bucket: Uint8Array): Answer<DropBucketOutcome> {
    return this.#commit(decideDropBucket(this.#open(), bucket, this.#clock()));
  }

  get(bucket: Uint8Array, key: Uint8Array): Answer<GetOutcome> {
    return answer(readKey(this.#open(), { bucket, key }, this.#clock()));
  }

  put(bucket: Uint8Array, fields: readonly Field[]): Answer<PutOutcome> {
    return this.#commit(decidePut(this.#open(), { bucket, fields }, this.#clock()));
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
    expiresAtMs: number | undefined,
  ): Answer<ExpireOutcome> {
    return this.#commit(decideExpire(this.#open(), { bucket, key, expiresAtMs }, this.#clock()));
  }

  listBuckets(options: ListOptions = {}): Answer<ListBucketsOutcome> {
    return answer(readBuckets(this.#open(), options, this.#clock()));
  }

  listKeys(bucket: Uint8Array, options: ListOptions = {}): Answer<ListKeysOutcome> {
    return answer(readKeys(this.#open(), { ...options, bucket }, this.#clock()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tables = undefined;
  }

  #open(): Tables {
    if (this.#tables === undefined)
      throw new StorageError("STORAGE_NOT_OPEN", { path: ":memory:" });
    return this.#tables;
  }

  #commit<Outcome>(decision: Decision<Outcome>): Answer<Outcome> {
    const tables = this.#open();
    for (const mutation of decision.mutations) applyMutation(tables, mutation);
    return answer(decision);
  }
}

/** Nothing survives a crash here, so there is nothing to wait for. */
function answer<Outcome>({ outcome }: Finding<Outcome>): Answer<Outcome> {
  return { outcome, durable: undefined };
}
