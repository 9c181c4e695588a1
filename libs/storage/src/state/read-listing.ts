import type { BucketRef, KeyIndex } from "../key-index/key-index.ts";
import { type Cursor, cursorAt, positionOf } from "../page.ts";
import type {
  BucketOutcome,
  ListBucketsOutcome,
  ListedBucket,
  ListedKey,
  ListKeysOutcome,
  ListOptions,
} from "../store.ts";
import type { Finding } from "./decision.ts";
import {
  bucketAbsent,
  expiryOf,
  findBucket,
  isForsaken,
  lifetimeOf,
  revisionOfBucket,
} from "./look-up.ts";
import { mutationNumber } from "./mutation-number.ts";

/** Keys or buckets a page holds when the caller does not say. */
const DEFAULT_LIMIT = 1000;

/**
 * A page of the buckets. It shows the latest mutation of each, so it rests on the latest of all. Whether a
 * transient one still has keys is judged behind the listing, which the index must not change under: such a
 * page is shorter.
 */
export function readBuckets(
  index: KeyIndex,
  options: ListOptions,
  nowMs: number,
): Finding<ListBucketsOutcome> {
  const { position, limit } = whereTo(options);
  const listed: BucketRef[] = [];
  const next = index.listBuckets(position, limit, (bucket) => {
    if (nowMs >= index.bucketExpiresAtMs(bucket)) return false;
    listed.push(bucket);
    return true;
  });
  const there = listed.filter((bucket) => !isForsaken(index, bucket, nowMs));
  const entries = there.map<ListedBucket>((bucket) => ({
    bucket: index.bucketName(bucket),
    revision: revisionOfBucket(index, bucket),
    expiresAtMs: expiryOf(index.bucketExpiresAtMs(bucket)),
    lifetime: lifetimeOf(index, bucket),
  }));
  const page = { entries, next: cursorTo(next) };
  return { outcome: { type: "listed", page }, restsOn: index.lastRevision };
}

/** A page of the keys of `bucket`. It rests on the bucket's latest mutation. */
export function readKeys(
  index: KeyIndex,
  request: ListOptions & { readonly bucket: Uint8Array },
  nowMs: number,
): Finding<ListKeysOutcome> {
  const { position, limit } = whereTo(request);
  const bucket = findBucket(index, request.bucket, nowMs);
  if (bucket === 0) return bucketAbsent(index, request.bucket);
  const entries: ListedKey[] = [];
  const next = index.listKeys(bucket, position, limit, (entry) => {
    const expiresAtMs = index.expiresAtMs(entry);
    if (nowMs >= expiresAtMs) return false;
    const revision = mutationNumber(index.revision(entry));
    entries.push({ key: index.key(entry), revision, expiresAtMs: expiryOf(expiresAtMs) });
    return true;
  });
  const page = { entries, next: cursorTo(next) };
  return { outcome: { type: "listed", page }, restsOn: index.bucketRevision(bucket) };
}

/** What there is to say of a bucket without its keys. Every key whose time is over must have been swept. */
export function readBucket(
  index: KeyIndex,
  name: Uint8Array,
  nowMs: number,
): Finding<BucketOutcome> {
  const bucket = findBucket(index, name, nowMs);
  if (bucket === 0) return bucketAbsent(index, name);
  const revision = revisionOfBucket(index, bucket);
  const keys = index.bucketKeyCount(bucket);
  const expiresAtMs = expiryOf(index.bucketExpiresAtMs(bucket));
  const lifetime = lifetimeOf(index, bucket);
  return { outcome: { type: "found", revision, keys, expiresAtMs, lifetime }, restsOn: revision };
}

function whereTo({ cursor, limit = DEFAULT_LIMIT }: ListOptions): {
  readonly position: number;
  readonly limit: number;
} {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot list ${limit} entries: not a whole number from 1 up`);
  }
  return { position: cursor === undefined ? 0 : positionOf(cursor), limit };
}

function cursorTo(position: number | undefined): Cursor | undefined {
  return position === undefined ? undefined : cursorAt(position);
}
