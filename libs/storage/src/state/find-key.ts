import type { BucketRef, EntryRef, KeyIndex } from "../key-index/key-index.ts";
import { absenceRestsOn, findBucket } from "./look-up.ts";

/** What `Buckets.get` was asked for. */
export interface GetRequest {
  readonly bucket: Uint8Array;
  readonly key: Uint8Array;
}

/** Where a key is, and the latest mutation a crash must not take back for that to stay true. */
export interface KeyFinding {
  readonly type: "entry" | "missing" | "no-bucket";
  /** 0 when there is none. */
  readonly bucket: BucketRef;
  /** 0 unless there is one. */
  readonly entry: EntryRef;
  readonly restsOn: number;
}

/** Looks one key up. */
export function findKey(index: KeyIndex, request: GetRequest, nowMs: number): KeyFinding {
  const { key } = request;
  const bucket = findBucket(index, request.bucket, nowMs);
  if (bucket === 0) {
    return { type: "no-bucket", bucket, entry: 0, restsOn: absenceRestsOn(index, request.bucket) };
  }
  const entry = index.find(bucket, key, 0, key.length);
  const standing = index.bucketStandingRevision(bucket);
  if (entry === 0) {
    const restsOn = Math.max(standing, index.bucketRemovalRevision(bucket));
    return { type: "missing", bucket, entry, restsOn };
  }
  // A lapsed entry rests on the mutation that gave it its time to lapse.
  const restsOn = Math.max(standing, index.revision(entry));
  if (nowMs >= index.expiresAtMs(entry)) return { type: "missing", bucket, entry: 0, restsOn };
  return { type: "entry", bucket, entry, restsOn };
}
