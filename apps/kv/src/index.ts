export type {
  Answer,
  Answering,
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  Field,
  GetOutcome,
  PutOutcome,
  StorageErrorCode,
} from "@kv/storage";
export { isStorageError, StorageError } from "@kv/storage";
export { kv } from "./application.ts";
export type { BucketName } from "./bucket-name.ts";
export { bucketNameLimitBytes, parseBucketName } from "./bucket-name.ts";
export type { KvErrorCode, KvFailures } from "./errors.ts";
export { isKvError, KvError } from "./errors.ts";
export type { Kv } from "./kv.ts";
export { whiteSpaceLength } from "./white-space.ts";
