import type { Clock } from "../clock.ts";
import { StorageError } from "../errors.ts";
import { placeOfField } from "../field-place.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import { decideCreateBucket, decideDropBucket } from "../state/decide-bucket.ts";
import { decideDelete } from "../state/decide-delete.ts";
import type { NewExpiry } from "../new-expiry.ts";
import { decideExpire } from "../state/decide-expire.ts";
import { decidePut } from "../state/decide-put.ts";
import { type Decision, dropsBucket, type Finding } from "../state/decision.ts";
import { expiryOf } from "../state/look-up.ts";
import { mutationNumber } from "../state/mutation-number.ts";
import { raiseRevision } from "../state/raise-revision.ts";
import { readKey } from "../state/read-key.ts";
import { readBucket, readBuckets, readKeys } from "../state/read-listing.ts";
import type {
  FieldPlace,
  KeyAbout,
  KeyPlace,
  ReadResult,
  ValueSink,
  WriteResult,
} from "../plain-operations.ts";
import type { BackupResult, CompactionResult, MaintenanceOptions } from "../maintenance.ts";
import type { StoreStatistics } from "../statistics.ts";
import type {
  Answer,
  Answering,
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
} from "../store.ts";
import type { StoreTraits } from "../store-traits.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import type { Backups } from "./backups.ts";
import type { Compactor } from "./compaction/compactor.ts";
import { foresee } from "./foresee.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { KeyFinder } from "./key-finder.ts";
import { logStatistics } from "./log-statistics.ts";
import type { LoggedIndex } from "./logged-index.ts";
import type { SegmentLengths } from "./segment-lengths.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import type { SnapshotKeeper } from "./snapshot-keeper.ts";
import type { ValueReader } from "./value-reader.ts";

/** What an open log store is made of. */
export interface LogStoreParts {
  readonly path: string;
  readonly clock: Clock;
  readonly index: KeyIndex;
  readonly logged: LoggedIndex;
  readonly commits: GroupCommit;
  readonly segments: Pick<SegmentWriter, "syncAbove">;
  readonly values: ValueReader;
  readonly housekeeping: Housekeeping;
  readonly cache: ValueCache;
  readonly lengths: SegmentLengths;
  readonly compactor: Compactor;
  readonly snapshots: SnapshotKeeper;
  readonly backups: Backups;
  /** Called once. */
  readonly close: () => Promise<void>;
}

/**
 * The log engine: keys in memory, values in a log from which the keys can be found again. A mutation
 * is decided and applied at once; its answer, and every answer that rests on it, waits for the log.
 */
export class LogStore implements Store {
  readonly traits: StoreTraits = {
    engine: "log",
    listingMayRepeat: false,
    durable: true,
    answersAtOnce: true,
    countsAtOnce: true,
  };
  readonly #parts: LogStoreParts;
  readonly #finder: KeyFinder;
  #closing: Promise<void> | undefined;

  constructor(parts: LogStoreParts) {
    this.#parts = parts;
    this.#finder = new KeyFinder(parts);
  }

  createBucket(bucket: Uint8Array): Answer<CreateBucketOutcome> {
    const { index, clock } = this.#writable();
    return this.#commit(decideCreateBucket(index, bucket, clock()));
  }

  dropBucket(bucket: Uint8Array): Answer<DropBucketOutcome> {
    const { index, clock } = this.#writable();
    return this.#commit(decideDropBucket(index, bucket, clock()));
  }

  describeBucket(bucket: Uint8Array): Answer<BucketOutcome> {
    const { index, clock } = this.#open();
    const nowMs = clock();
    // A count has to be exact: what has lapsed and was not swept yet goes now.
    index.sweep(nowMs, Number.POSITIVE_INFINITY);
    return this.#answer(readBucket(index, bucket, nowMs));
  }

  describeKey(bucket: Uint8Array, key: Uint8Array): Answer<KeyOutcome> {
    const { index, clock } = this.#open();
    return this.#answer(readKey(index, { bucket, key }, clock()));
  }

  get(bucket: Uint8Array, key: Uint8Array): Answering<GetOutcome> {
    const { index, values, commits } = this.#open();
    const type = this.#finder.find(bucket, key, 0, key.length);
    const { bucket: found, entry, restsOn } = this.#finder;
    if (type !== "entry") return this.#answer({ outcome: { type }, restsOn });
    const revision = mutationNumber(index.revision(entry));
    const expiresAtMs = expiryOf(index.expiresAtMs(entry));
    const durable = commits.durableOf(restsOn);
    const value = values.read({ entry, bucketId: index.bucketId(found), key });
    if (value instanceof Uint8Array) {
      return { outcome: { type: "found", value, revision, expiresAtMs }, durable };
    }
    return value.then((bytes) => {
      return { outcome: { type: "found", value: bytes, revision, expiresAtMs }, durable };
    });
  }

  read({ bucket, bytes, start, end }: KeyPlace, sink: ValueSink, about?: KeyAbout): ReadResult {
    const { cache, commits, index } = this.#open();
    const type = this.#finder.findPlain(bucket, bytes, start, end);
    if (commits.durableOf(this.#finder.restsOn) !== undefined) return undefined;
    if (type !== "entry") return type;
    const { entry } = this.#finder;
    if (about !== undefined) {
      about.revision = mutationNumber(index.revision(entry));
      about.expiresAtMs = expiryOf(index.expiresAtMs(entry));
    }
    return cache.lend(entry, sink) ? "found" : undefined;
  }

  lacks(bucket: Uint8Array): boolean {
    return this.#open().index.bucketNamedBy(bucket) === 0;
  }

  foresee(keys: readonly KeyPlace[], count: number): void {
    if (this.#closing === undefined) foresee(this.#parts, keys, count);
  }

  write(field: FieldPlace): WriteResult | undefined {
    const { index, clock, logged } = this.#writable();
    const bucket = index.bucketNamedBy(field.bucket);
    return bucket === 0 ? undefined : logged.put(bucket, field, clock);
  }

  put(bucket: Uint8Array, fields: readonly Field[], options?: PutOptions): Answer<PutOutcome> {
    const { index, clock, logged } = this.#writable();
    const field = fields.length === 1 ? fields[0]! : undefined;
    if (field !== undefined && field.condition === undefined && field.expiresAtMs === undefined) {
      const named = index.bucketNamed(bucket);
      const put = named === 0 ? undefined : logged.put(named, placeOfField(bucket, field), clock);
      if (put !== undefined) {
        const { revision, isAdded, durable } = put;
        return { outcome: { type: "stored", revision, added: isAdded ? 1 : 0 }, durable };
      }
    }
    return this.#commit(decidePut(index, { bucket, fields, options }, clock()));
  }

  delete(
    bucket: Uint8Array,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Answer<DeleteOutcome> {
    const { index, clock } = this.#writable();
    return this.#commit(decideDelete(index, { bucket, keys, condition }, clock()));
  }

  expire(
    bucket: Uint8Array,
    key: Uint8Array | undefined,
    expiry: NewExpiry,
  ): Answer<ExpireOutcome> {
    const { index, clock } = this.#writable();
    return this.#commit(decideExpire(index, { bucket, key, expiry }, clock()));
  }

  listBuckets(options: ListOptions = {}): Answer<ListBucketsOutcome> {
    const { index, clock } = this.#open();
    return this.#answer(readBuckets(index, options, clock()));
  }

  listKeys(bucket: Uint8Array, options: ListOptions = {}): Answer<ListKeysOutcome> {
    const { index, clock } = this.#open();
    return this.#answer(readKeys(index, { ...options, bucket }, clock()));
  }

  statistics(): StoreStatistics {
    const parts = this.#open();
    parts.housekeeping.sweep();
    return logStatistics(parts);
  }

  raiseRevision(atLeast: Revision): void {
    const { index, segments, snapshots } = this.#writable();
    const before = index.lastRevision;
    raiseRevision(index, atLeast);
    if (index.lastRevision === before) return;
    snapshots.passOver(index.lastRevision - before);
    // A power cut that took back what is shown from now on would have revisions go on below it.
    segments.syncAbove(before);
  }

  async compact(options: MaintenanceOptions = {}): Promise<CompactionResult> {
    return this.#open().compactor.compact(options);
  }

  async backup(directory: string, options: MaintenanceOptions = {}): Promise<BackupResult> {
    return this.#open().backups.make(directory, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  #open(): LogStoreParts {
    if (this.#closing === undefined) return this.#parts;
    throw new StorageError("STORAGE_NOT_OPEN", { path: this.#parts.path });
  }

  #writable(): LogStoreParts {
    const parts = this.#open();
    parts.commits.assertWritable();
    return parts;
  }

  #commit<Outcome>(decision: Decision<Outcome>): Answer<Outcome> {
    this.#parts.logged.commit(decision.mutations);
    if (dropsBucket(decision)) this.#parts.housekeeping.wake();
    return this.#answer(decision);
  }

  #answer<Outcome>({ outcome, restsOn }: Finding<Outcome>): Answer<Outcome> {
    return { outcome, durable: this.#parts.commits.durableOf(restsOn) };
  }
}
