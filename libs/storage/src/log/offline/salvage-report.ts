/** What came of salvaging a store. All of it is what JSON can hold. */
export interface SalvageReport {
  /** The damaged store. */
  readonly directory: string;
  /** The new one. */
  readonly target: string;
  /** Hexadecimal, of the new store: it is another store than the damaged one. */
  readonly storeId: string;
  /** Whether nothing was lost and nothing is doubtful: there is nothing to remark. */
  readonly isWhole: boolean;
  readonly read: SalvageSource;
  readonly kept: SalvagedContent;
  /** Groups that were written and cannot be found any more, as far as their numbers tell. */
  readonly lostGroups: number;
  /** Bytes of the log that belong to no sound group. */
  readonly skipped: Listed<SkippedBytes>;
  readonly skippedBytes: number;
  /** Files of the log that are not there. */
  readonly missing: Listed<string>;
  /** Keys that were there, and whose values cannot be read. */
  readonly lostKeys: Listed<KeyName>;
  /** Records that make no sense, or are about buckets that could not be told. */
  readonly lostRecords: number;
  /** Buckets whose names are lost, and what they are called now. */
  readonly renamed: readonly RenamedBucket[];
  /** The same for people: one sentence each, without a period. */
  readonly remarks: readonly string[];
}

/** What a salvage could go by. */
export interface SalvageSource {
  /** Whether the index snapshot was good, so that damage before it has undone nothing, or the log is all there was. */
  readonly from: "snapshot" | "log";
  readonly segments: number;
  readonly bytes: number;
  /** Those that are sound. */
  readonly groups: number;
  readonly records: number;
  /** Only by a good seal can it be told that nothing is missing at the end of the log. */
  readonly seal: "good" | "unreadable" | "missing";
}

/** What a new store holds. */
export interface SalvagedContent {
  readonly buckets: number;
  /** Lapsed ones included. */
  readonly keys: number;
  /** Of the new log. */
  readonly bytes: number;
  /** Later mutations get higher revisions. */
  readonly lastRevision: number;
}

/** Things of which only the first thousand are named. */
export interface Listed<Item> {
  readonly count: number;
  readonly list: readonly Item[];
}

/** A range of a file that could not be used. */
export interface SkippedBytes {
  readonly path: string;
  readonly offsetBytes: number;
  readonly bytes: number;
  /** As it fits behind a colon. */
  readonly reason: string;
}

/** A key of a bucket: as text where the bytes are UTF-8, in base64 where they are not. */
export interface KeyName {
  readonly bucket?: string;
  readonly bucketBase64?: string;
  readonly key?: string;
  readonly keyBase64?: string;
}

/** A bucket whose name is lost. */
export interface RenamedBucket {
  readonly bucketId: number;
  readonly name: string;
}
