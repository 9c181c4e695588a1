import type { BucketRef, EntryRef, KeyIndex } from "../key-index/key-index.ts";
import type { Moment } from "./condition.ts";
import { absenceRestsOn, isForsaken } from "./look-up.ts";

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

/** Looks one key up. Whether a transient bucket is there at all is only asked when the key is not. */
export function findKey(index: KeyIndex, request: GetRequest, nowMs: number): KeyFinding {
  const { key } = request;
  const bucket = index.bucketNamed(request.bucket);
  if (bucket === 0 || nowMs >= index.bucketExpiresAtMs(bucket)) return noBucket(index, request);
  const entry = index.find(bucket, key, 0, key.length);
  const standing = index.bucketStandingRevision(bucket);
  if (entry === 0) {
    return missing(index, request, {
      bucket,
      nowMs,
      restsOn: Math.max(standing, index.bucketRemovalRevision(bucket)),
    });
  }
  // A lapsed entry rests on the mutation that gave it its time to lapse.
  const restsOn = Math.max(standing, index.revision(entry));
  if (nowMs < index.expiresAtMs(entry)) return { type: "entry", bucket, entry, restsOn };
  return missing(index, request, { bucket, nowMs, restsOn });
}

/** That a transient bucket is still there rests on any of its keys: so on the latest of its mutations, to be safe. */
function missing(
  index: KeyIndex,
  request: GetRequest,
  { bucket, nowMs, restsOn }: Moment & Pick<KeyFinding, "restsOn">,
): KeyFinding {
  if (!index.lifetimes.isTransient(bucket)) return { type: "missing", bucket, entry: 0, restsOn };
  if (isForsaken(index, bucket, nowMs)) return noBucket(index, request);
  return { type: "missing", bucket, entry: 0, restsOn: index.bucketRevision(bucket) };
}

function noBucket(index: KeyIndex, { bucket: name }: GetRequest): KeyFinding {
  return { type: "no-bucket", bucket: 0, entry: 0, restsOn: absenceRestsOn(index, name) };
}
