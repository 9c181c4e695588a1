import type {
  Answering,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  Field,
  GetOutcome,
  PutOutcome,
} from "@kv/storage";
import type { BucketName } from "./bucket-name.ts";

/**
 * The buckets of the whole system, asked by name: what this application offers to a front door.
 *
 * Outcomes, `durable` promises and the ownership of memory are those of the `Buckets` contract of `@kv/storage`.
 * Every operation may throw, or reject with, a `KvError` when its bucket has no owner that can be asked, and a
 * `StorageError` when the owner's disk fails.
 */
export interface Kv {
  /** The node that answers here, `name@host`. */
  readonly node: string;
  createBucket(bucket: BucketName): Answering<CreateBucketOutcome>;
  get(bucket: BucketName, key: Uint8Array): Answering<GetOutcome>;
  put(bucket: BucketName, fields: readonly Field[]): Answering<PutOutcome>;
  delete(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Answering<DeleteOutcome>;
}
