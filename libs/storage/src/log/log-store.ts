import type { Clock } from "../clock.ts";
import { StorageError } from "../errors.ts";
import { applyMutation } from "../state/apply-mutation.ts";
import { decideCreateBucket, decideDropBucket } from "../state/decide-bucket.ts";
import { decideDelete } from "../state/decide-delete.ts";
import { decideExpire } from "../state/decide-expire.ts";
import { decidePut } from "../state/decide-put.ts";
import type { Decision, Finding } from "../state/decision.ts";
import { readKey } from "../state/read-key.ts";
import { readBuckets, readKeys } from "../state/read-listing.ts";
import type { Tables } from "../state/tables.ts";
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
} from "../store.ts";
import type { GroupCommit } from "./group-commit.ts";

/** What an open log store is made of. It owns `close`, which it calls once. */
export interface LogStoreParts {
  readonly path: string;
  readonly clock: Clock;
  readonly tables: Tables;
  readonly commits: GroupCommit;
  readonly close: () => Promise<void>;
}

/**
 * The log engine: the tables of the memory engine, and a log from which they can be made again.
 * A mutation is decided and applied at once; its answer, and every answer that rests on it, waits
 * for the log.
 */
export class LogStore implements Store {
  readonly traits: StoreTraits = { engine: "log", listingMayRepeat: false, durable: true };
  readonly #parts: LogStoreParts;
  #closing: Promise<void> | undefined;

  constructor(parts: LogStoreParts) {
    this.#parts = parts;
  }

  createBucket(bucket: Uint8Array): Answer<CreateBucketOutcome> {
    const { tables, clock } = this.#writable();
    return this.#commit(decideCreateBucket(tables, bucket, clock()));
  }

  dropBucket(bucket: Uint8Array): Answer<DropBucketOutcome> {
    const { tables, clock } = this.#writable();
    return this.#commit(decideDropBucket(tables, bucket, clock()));
  }

  get(bucket: Uint8Array, key: Uint8Array): Answer<GetOutcome> {
    const { tables, clock } = this.#open();
    return this.#answer(readKey(tables, { bucket, key }, clock()));
  }

  put(bucket: Uint8Array, fields: readonly Field[]): Answer<PutOutcome> {
    const { tables, clock } = this.#writable();
    return this.#commit(decidePut(tables, { bucket, fields }, clock()));
  }

  delete(
    bucket: Uint8Array,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Answer<DeleteOutcome> {
    const { tables, clock } = this.#writable();
    return this.#commit(decideDelete(tables, { bucket, keys, condition }, clock()));
  }

  expire(
    bucket: Uint8Array,
    key: Uint8Array | undefined,
    expiresAtMs: number | undefined,
  ): Answer<ExpireOutcome> {
    const { tables, clock } = this.#writable();
    return this.#commit(decideExpire(tables, { bucket, key, expiresAtMs }, clock()));
  }

  listBuckets(options: ListOptions = {}): Answer<ListBucketsOutcome> {
    const { tables, clock } = this.#open();
    return this.#answer(readBuckets(tables, options, clock()));
  }

  listKeys(bucket: Uint8Array, options: ListOptions = {}): Answer<ListKeysOutcome> {
    const { tables, clock } = this.#open();
    return this.#answer(readKeys(tables, { ...options, bucket }, clock()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  #open(): LogStoreParts {
    if (this.#closing !== undefined) {
      throw new StorageError("STORAGE_NOT_OPEN", { path: this.#parts.path });
    }
    return this.#parts;
  }

  #writable(): LogStoreParts {
    const parts = this.#open();
    parts.commits.assertWritable();
    return parts;
  }

  /** Logged before applied: what the log cannot take must not be seen. */
  #commit<Outcome>(decision: Decision<Outcome>): Answer<Outcome> {
    const { tables, commits } = this.#parts;
    const { mutations } = decision;
    if (mutations.length > 0) commits.append(mutations);
    for (const mutation of mutations) applyMutation(tables, mutation);
    return this.#answer(decision);
  }

  #answer<Outcome>({ outcome, restsOn }: Finding<Outcome>): Answer<Outcome> {
    return { outcome, durable: this.#parts.commits.durableOf(restsOn) };
  }
}
