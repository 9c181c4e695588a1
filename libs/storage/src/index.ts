export { copyPart } from "./copy-part.ts";
export type { Clock } from "./clock.ts";
export type { StorageErrorCode, StorageFailures } from "./errors.ts";
export { isStorageError, StorageError } from "./errors.ts";
export type { StorageEvent } from "./events.ts";
export { storageChannel } from "./events.ts";
export type {
  DirectoryLock,
  FilePort,
  HeldLock,
  OpenFile,
  OpenMode,
} from "./log/file-port.ts";
export type {
  CheckedSegment,
  CheckedSnapshot,
  CheckReport,
  Finding,
} from "./log/offline/check-report.ts";
export type { CheckStoreOptions } from "./log/offline/check-store.ts";
export { checkStore } from "./log/offline/check-store.ts";
export type {
  KeyName,
  Listed,
  RenamedBucket,
  SalvagedContent,
  SalvageReport,
  SalvageSource,
  SkippedBytes,
} from "./log/offline/salvage-report.ts";
export type { SalvageStoreOptions } from "./log/offline/salvage-store.ts";
export { salvageStore } from "./log/offline/salvage-store.ts";
export type { LogStoreOptions, SyncMode } from "./log/open-log-store.ts";
export { openLogStore } from "./log/open-log-store.ts";
export type { Scheduler } from "./log/scheduler.ts";
export { MemoryStore } from "./memory-store.ts";
export type { Cursor, Page } from "./page.ts";
export type { BackupResult, CompactionResult, MaintenanceOptions } from "./maintenance.ts";
export type {
  FieldPlace,
  KeyAbout,
  KeyPlace,
  PlainOperations,
  ReadResult,
  ValueSink,
  WriteResult,
} from "./plain-operations.ts";
export type {
  CacheStatistics,
  CompactionStatistics,
  SnapshotStatistics,
  StoreStatistics,
} from "./statistics.ts";
export {
  conditionalExpiry,
  expiryConditions,
  mayExpire,
  type ConditionalExpiry,
  type ExpiryCondition,
  type NewExpiry,
} from "./new-expiry.ts";
export type {
  Answer,
  Answering,
  BucketOutcome,
  Buckets,
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  Field,
  GetOutcome,
  KeyOutcome,
  Lifetime,
  ListBucketsOutcome,
  ListedBucket,
  ListedKey,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
  Revision,
  Store,
} from "./store.ts";
export type { StoreTraits } from "./store-traits.ts";
