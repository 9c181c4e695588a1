export type { BucketName } from "./bucket-name.ts";
export { bucketNameLimitBytes, parseBucketName } from "./bucket-name.ts";
export type { KvErrorCode, KvFailures } from "./errors.ts";
export { isKvError, KvError } from "./errors.ts";
export type { Kv } from "./kv.ts";
export { whiteSpaceLength } from "./white-space.ts";
