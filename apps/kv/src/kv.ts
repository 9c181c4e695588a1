import type {
  Answering,
  BucketOutcome,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  NewExpiry,
  Field,
  FieldPlace,
  GetOutcome,
  KeyOutcome,
  KeyPlace,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
  ReadResult,
  Store,
  ValueSink,
  WriteResult,
} from "@kv/storage";
import type { BucketName } from "./bucket-name.ts";
import type { ClusterCare } from "./cluster-care.ts";
import type { Crowd } from "./crowd.ts";
import type { Fences } from "./moves/fences.ts";
import type { Coordinator } from "./moves/coordinator.ts";
import type { PlainAsker } from "./remote/plain-ask.ts";
import type { Served } from "./remote/later.ts";

/** How many buckets there are. */
export interface CountBucketsOutcome {
  readonly type: "counted";
  readonly buckets: number;
}

interface OfBucket {
  readonly bucket: BucketName;
}

/**
 * The buckets of the whole system, asked by name: what this application offers to a front door.
 *
 * Outcomes, `durable` promises and the ownership of memory are those of the `Buckets` contract of `@kv/storage`.
 * One that another node answers comes as a `Later`. Those of one bucket, asked while {@link Kv.epoch} stays the same, are carried
 * out in the order in which they were asked.
 *
 * Every operation may throw, or fail with, a `KvError` when its bucket has no owner that can be asked, and a
 * `StorageError` when the owner's disk fails.
 */
export interface Kv {
  /** The node that answers here, `name@host`. */
  readonly node: string;
  /**
   * Which table requests go by now: compared by identity, another one each time it has changed. Who asks for several things
   * in order waits for what is under way before it goes by another table: one owner answers in order, two do not.
   */
  epoch(): unknown;
  createBucket(bucket: BucketName): Served<CreateBucketOutcome>;
  get(bucket: BucketName, key: Uint8Array): Served<GetOutcome>;
  /** `get` for who uses the value at once: see `read` of the `Buckets` contract. May always be `undefined`. */
  read(key: KeyPlace & OfBucket, sink: ValueSink): ReadResult;
  /** `put` of what is plain: see `write` of the `Buckets` contract. May always be `undefined`. */
  write(field: FieldPlace & OfBucket): WriteResult | undefined;
  /**
   * Who is asked for a bucket that is served elsewhere; `undefined` where this node may serve it, and all operations are asked here.
   * Good until the next request, and its answers are those of {@link Kv.get} and {@link Kv.put}. Throws as they do.
   */
  elsewhere(bucket: BucketName): PlainAsker | undefined;
  /** A hint, as `foresee` of the `Buckets` contract: goes to this node's own store, if it is open. */
  foresee(keys: readonly (KeyPlace & OfBucket)[], count: number): void;
  describeKey(bucket: BucketName, key: Uint8Array): Served<KeyOutcome>;
  /** With `createsBucket` it goes where `createBucket` would go. */
  put(bucket: BucketName, fields: readonly Field[], options?: PutOptions): Served<PutOutcome>;
  delete(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Served<DeleteOutcome>;
  dropBucket(bucket: BucketName): Served<DropBucketOutcome>;
  /** Of a key, or with `key` undefined of the whole bucket; its conditions are judged where the bucket is. */
  expire(bucket: BucketName, key: Uint8Array | undefined, expiry: NewExpiry): Served<ExpireOutcome>;
  /**
   * The buckets of all nodes that the table names, and of this one. The cursor says which node, and where: pages of several nodes
   * are never mixed, and one that is not the last may be empty. A node that cannot be asked is an error.
   */
  listBuckets(options?: ListOptions): Served<ListBucketsOutcome>;
  /** How many buckets those nodes store. */
  countBuckets(): Served<CountBucketsOutcome>;
  listKeys(bucket: BucketName, options?: ListOptions): Served<ListKeysOutcome>;
  describeBucket(bucket: BucketName): Served<BucketOutcome>;
}

/** The store of one node, as those see it who look after the node: beside its buckets, the engine. */
export interface NodeKv extends Kv {
  /**
   * Another text each time the store is opened: a cursor of a listing is good only while this stays the same.
   * Throws `KV_NO_STORE`.
   */
  storeOpening(): string;
  /** The buckets that this node stores itself: none where it stores nothing. Throws `KV_NO_STORE`. */
  listOwnBuckets(options?: ListOptions): Answering<ListBucketsOutcome>;
  /** The engine's own figures, as JSON can hold them, and with a log how it is synced, `sync`; `undefined` while it is not open. */
  statistics(): Readonly<Record<string, unknown>> | undefined;
  /** Who has to wait when a write is synced while the process stands still. Front doors add their clients. */
  readonly crowd: Crowd;
  /** What the engine offers for its own upkeep; nothing where it has none. Throws `KV_NO_STORE`. */
  maintenance(): Pick<Store, "backup" | "compact">;
  /** Keeps clients from writing to what the nodes store; `undefined` where that lies in a cluster, which others write to as well. */
  readonly fences?: Fences | undefined;
  /** Changes of the routing table of all nodes together. */
  readonly routing: Coordinator;
  /** The cluster that the buckets lie in; `undefined` where they lie in none. */
  readonly cluster?: ClusterCare | undefined;
}
