import type { Condition, Cursor, ExpiryCondition, Field } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Hops } from "./hops.ts";
import type {
  MoveActivateRequest,
  MoveBeginRequest,
  MoveFieldsRequest,
  RoutingRequest,
} from "./move-request.ts";

/** What every request carries. */
interface Passed {
  /** The nodes that have passed it on, the one where it began first. */
  readonly hops: Hops;
}

/** `createBucket`. */
export interface CreateBucketRequest extends Passed {
  readonly type: "create-bucket";
  readonly bucket: BucketName;
}

/** `dropBucket`. */
export interface DropBucketRequest extends Passed {
  readonly type: "drop-bucket";
  readonly bucket: BucketName;
}

/** `describeBucket`. */
export interface DescribeBucketRequest extends Passed {
  readonly type: "describe-bucket";
  readonly bucket: BucketName;
}

/** `get`. */
export interface GetRequest extends Passed {
  readonly type: "get";
  readonly bucket: BucketName;
  readonly key: Uint8Array;
}

/** `describeKey`. */
export interface DescribeKeyRequest extends Passed {
  readonly type: "describe-key";
  readonly bucket: BucketName;
  readonly key: Uint8Array;
}

/** `put`. */
export interface PutRequest extends Passed {
  readonly type: "put";
  readonly bucket: BucketName;
  readonly fields: readonly Field[];
  readonly createsBucket: boolean;
}

/** `delete`. */
export interface DeleteRequest extends Passed {
  readonly type: "delete";
  readonly bucket: BucketName;
  readonly keys: readonly Uint8Array[];
  readonly condition: Condition | undefined;
}

/** `expire`: of a key, or with `key` undefined of the bucket. */
export interface ExpireRequest extends Passed {
  readonly type: "expire";
  readonly bucket: BucketName;
  readonly key: Uint8Array | undefined;
  readonly expiresAtMs: number | undefined;
  /** All that must hold; in the order of `expiryConditions` when it was received. */
  readonly conditions: readonly ExpiryCondition[];
}

/** `listBuckets`: those that the asked node stores. */
export interface ListBucketsRequest extends Passed {
  readonly type: "list-buckets";
  readonly cursor: Cursor | undefined;
  readonly limit: number | undefined;
}

/** `listKeys`. */
export interface ListKeysRequest extends Passed {
  readonly type: "list-keys";
  readonly bucket: BucketName;
  readonly cursor: Cursor | undefined;
  readonly limit: number | undefined;
}

/** `countBuckets`: those that the asked node stores. */
export interface CountBucketsRequest extends Passed {
  readonly type: "count-buckets";
}

/**
 * What one node asks of another: this list is closed, and there is no "run this function" in it.
 *
 * ```text
 * request   = operation u8 · hops · what the operation has
 * hops      = length u16 · names                           at most 8 names
 *           | length u16 · name · 0 u8                     asked as a former owner, and passed on by nobody
 * names     = { name }
 * name      = length u8 · node name
 *
 *  1 CREATE BUCKET    bucket
 *  2 DROP BUCKET      bucket
 *  3 DESCRIBE BUCKET  bucket
 *  4 GET              bucket · key
 *  5 DESCRIBE KEY     bucket · key
 *  6 PUT              bucket · creates the bucket u8 (0, 1) · count u32 · count times field
 *  7 DELETE           bucket · condition · count u32 · count times key
 *  8 EXPIRE           bucket · [key] · [time] · terms u8   without key: the bucket; without time: never
 *  9 LIST BUCKETS     [cursor] · [limit]
 * 10 LIST KEYS        bucket · [cursor] · [limit]
 * 11 COUNT BUCKETS    nothing
 * 12 MOVE BEGIN       bucket · move · transient u8 · [time] · revision
 * 13 MOVE FIELDS      bucket · move · count u32 · count times moved · count u32 · count times key
 * 14 MOVE ACTIVATE    bucket · move
 * 15 ROUTING          text                                 at most 256 KiB
 *
 * bucket    = length u8 · bytes                            1 to 255 bytes
 * key       = length u32 · bytes                           at most 1 MiB
 * value     = length u32 · bytes
 * field     = key · value · [time] · condition
 * move      = text                                         1 to 64 bytes
 * moved     = key · value · [time]
 * condition = 0 u8                                         none
 *           | 1 u8                                         the key is absent
 *           | 2 u8 · revision                              the key has this revision
 * terms     = the sum of all that must hold:              1 it has no time, 2 it has one,
 *             0 to 15                                      4 [time] is later, 8 [time] is sooner; never is latest
 * revision  = 1 u8 · number i64 | 2 u8 · text
 * time      = Unix milliseconds, i64
 * cursor    = text
 * limit     = i64                                          at least 1
 * text      = length u32 · UTF-8
 * [x]       = 0 u8 | 1 u8 · x
 * ```
 *
 * Numbers are little-endian; those of eight bytes are whole ones from -(2^53 - 1) to 2^53 - 1. There is one way to write
 * each request, and nothing behind its end. Those from 12 on are passed on by nobody: their one hop is the node that asks.
 */
export type RemoteRequest =
  | CreateBucketRequest
  | DropBucketRequest
  | DescribeBucketRequest
  | GetRequest
  | DescribeKeyRequest
  | PutRequest
  | DeleteRequest
  | ExpireRequest
  | ListBucketsRequest
  | ListKeysRequest
  | CountBucketsRequest
  | MoveBeginRequest
  | MoveFieldsRequest
  | MoveActivateRequest
  | RoutingRequest;

/** Whether a node asks this of its own accord, and not for a client. */
export function isOfNode(
  request: RemoteRequest,
): request is MoveBeginRequest | MoveFieldsRequest | MoveActivateRequest | RoutingRequest {
  return OPERATION_NUMBER[request.type] >= OPERATION_NUMBER["move-begin"];
}

/** What may be asked for. */
export type RemoteOperation = RemoteRequest["type"];

/** Longest key that is sent: what an engine holds. */
export const keyLimitBytes = 2 ** 20;

/** The number of each operation in the bytes of a request. A number is never given to another operation. */
export const OPERATION_NUMBER: Readonly<Record<RemoteOperation, number>> = {
  "create-bucket": 1,
  "drop-bucket": 2,
  "describe-bucket": 3,
  get: 4,
  "describe-key": 5,
  put: 6,
  delete: 7,
  expire: 8,
  "list-buckets": 9,
  "list-keys": 10,
  "count-buckets": 11,
  "move-begin": 12,
  "move-fields": 13,
  "move-activate": 14,
  routing: 15,
};

/** Which operations change something: when one was sent and not answered, nobody knows whether it did. */
export const IS_WRITE: Readonly<Record<RemoteOperation, boolean>> = {
  "create-bucket": true,
  "drop-bucket": true,
  "describe-bucket": false,
  get: false,
  "describe-key": false,
  put: true,
  delete: true,
  expire: true,
  "list-buckets": false,
  "list-keys": false,
  "count-buckets": false,
  // These are asked again until there is an answer, and twice does no more than once.
  "move-begin": false,
  "move-fields": false,
  "move-activate": false,
  routing: false,
};
