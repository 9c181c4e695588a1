export type { Clock } from "./clock.ts";
export type { StorageErrorCode, StorageFailures } from "./errors.ts";
export { isStorageError, StorageError } from "./errors.ts";
export type { StorageEvent } from "./events.ts";
export { storageChannel } from "./events.ts";
export type {
  DirectoryLock,
  FilePort,
  OpenFile,
  OpenMode,
} from "./log/file-port.ts";
export type { LogStoreOptions, SyncMode } from "./log/open-log-store.ts";
export { openLogStore } from "./log/open-log-store.ts";
export type { Scheduler } from "./log/scheduler.ts";
export { MemoryStore } from "./memory-store.ts";
export type { Cursor, Page } from "./page.ts";
export type {
  Answer,
  Answering,
  BackupResult,
  BucketOutcome,
  Buckets,
  CacheStatistics,
  CompactionResult,
  CompactionStatistics,
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  Field,
  GetOutcome,
  ListBucketsOutcome,
  ListedBucket,
  ListedKey,
  ListKeysOutcome,
  ListOptions,
  MaintenanceOptions,
  PutOutcome,
  Revision,
  SnapshotStatistics,
  Store,
  StoreStatistics,
  StoreTraits,
} from "./store.ts";
