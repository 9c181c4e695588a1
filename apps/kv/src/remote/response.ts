import type {
  BucketOutcome,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  GetOutcome,
  KeyOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  PutOutcome,
  StorageError,
} from "@kv/storage";
import type { KvError } from "../errors.ts";
import type { CountBucketsOutcome } from "../kv.ts";
import type { MoveOutcome, RoutingOutcome } from "./move-request.ts";
import type { RemoteOperation } from "./request.ts";

/** What may come of each operation. */
export interface RemoteOutcomes {
  readonly "create-bucket": CreateBucketOutcome;
  readonly "drop-bucket": DropBucketOutcome;
  readonly "describe-bucket": BucketOutcome;
  readonly get: GetOutcome;
  readonly "describe-key": KeyOutcome;
  readonly put: PutOutcome;
  readonly delete: DeleteOutcome;
  readonly expire: ExpireOutcome;
  readonly "list-buckets": ListBucketsOutcome;
  readonly "list-keys": ListKeysOutcome;
  readonly "count-buckets": CountBucketsOutcome;
  readonly "move-begin": MoveOutcome;
  readonly "move-fields": MoveOutcome;
  readonly "move-activate": MoveOutcome;
  readonly routing: RoutingOutcome;
}

/** Why the asked node has no outcome. Its code and details are those of the failure there; its stack is not. */
export type RemoteFailure = KvError | StorageError;

/**
 * What a node answers another one. Which operation it answers is known to the one who asked and is not in it; a response
 * that cannot be one to that operation is refused.
 *
 * ```text
 * response  = kind u8 · what the kind has
 *
 *  0 FAILED            code u8 · the details of the code · [cause]
 *  1 NO BUCKET         nothing
 *  2 MISSING           nothing
 *  3 CONFLICT          key · [revision]
 *  4 CREATED           revision
 *  5 EXISTS            revision
 *  6 DROPPED           revision
 *  7 STORED            revision · added i64
 *  8 DELETED           revision · removed i64
 *  9 UPDATED           revision
 * 10 VALUE             revision · [time] · value                    found by GET
 * 11 KEY               revision · [time] · value length i64         found by DESCRIBE KEY
 * 12 BUCKET            revision · [time] · transient u8 · keys i64  found by DESCRIBE BUCKET
 * 13 KEYS              count u32 · count times { key · revision · [time] } · [cursor]
 * 14 BUCKETS           count u32 · count times { name · revision · [time] · transient u8 } · [cursor]
 * 15 COUNTED           buckets i64
 * 16 TAKEN             nothing
 * 17 REFUSED           reason text
 * 18 ROUTING           text
 * 19 UNCHANGED         nothing                                      a condition of EXPIRE does not hold
 *
 * key, name = length u32 · bytes
 * cause     = text: the operating system's name for what went wrong, such as ENOSPC
 * ```
 *
 * Everything else is written as in a request. The codes of failures and their details stand in `codec/failure-table.ts`.
 */
export type RemoteResponse<Operation extends RemoteOperation = RemoteOperation> =
  | RemoteOutcomes[Operation]
  | RemoteFailure;
