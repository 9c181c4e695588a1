import type { GetOutcome } from "../store.ts";
import type { Finding } from "./decision.ts";
import { hasLapsed } from "./lapse.ts";
import { absenceRestsOn, findBucket, type Tables } from "./tables.ts";

/** What `Buckets.get` was asked for. */
export interface GetRequest {
  readonly bucket: Uint8Array;
  readonly key: Uint8Array;
}

/** Looks one key up. The value is the store's own array. */
export function readKey(tables: Tables, request: GetRequest, nowMs: number): Finding<GetOutcome> {
  const bucket = findBucket(tables, request.bucket, nowMs);
  if (bucket === undefined) {
    return { outcome: { type: "no-bucket" }, restsOn: absenceRestsOn(tables, request.bucket) };
  }
  const entry = bucket.keys.get(request.key);
  if (entry === undefined) {
    const restsOn = Math.max(bucket.standingRevision, bucket.removalRevision);
    return { outcome: { type: "missing" }, restsOn };
  }
  // A lapsed entry rests on the mutation that gave it its time to lapse.
  const restsOn = Math.max(bucket.standingRevision, entry.revision);
  if (hasLapsed(entry, nowMs)) return { outcome: { type: "missing" }, restsOn };
  const { value, revision, expiresAtMs } = entry;
  return { outcome: { type: "found", value, revision, expiresAtMs }, restsOn };
}
