export type {
  Answer,
  Answering,
  BucketOutcome,
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  ExpiryCondition,
  Field,
  GetOutcome,
  KeyOutcome,
  FieldPlace,
  KeyPlace,
  Lifetime,
  NewExpiry,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
  Revision,
  StorageErrorCode,
  ValueSink,
  WriteResult,
} from "@kv/storage";
export { localNodeName } from "@kv/cluster";
export { copyPart, isStorageError, StorageError } from "@kv/storage";
export { kv } from "./application.ts";
export type { BucketName } from "./bucket-name.ts";
export type { Crowd } from "./crowd.ts";
export { BucketMemo } from "./bucket-memo.ts";
export { bucketNameLimitBytes, parseBucketName, PLACEHOLDER_NAME } from "./bucket-name.ts";
export type { KvErrorCode, KvFailures } from "./errors.ts";
export { isKvError, KvError } from "./errors.ts";
export type { KvEvent } from "./events.ts";
export { kvChannel } from "./events.ts";
export type { CountBucketsOutcome, Kv, NodeKv } from "./kv.ts";
export type { PlainAsk, PlainAsker, PlainListener } from "./remote/plain-ask.ts";
export { Later, type LaterListener, type Served } from "./remote/later.ts";
export { whiteSpaceLength } from "./white-space.ts";
