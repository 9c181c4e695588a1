import { type Cursor, cursorAt, type Page, positionOf } from "../page.ts";
import type { ListBucketsOutcome, ListKeysOutcome, ListOptions } from "../store.ts";
import type { ByteMap, Placed } from "./byte-map.ts";
import type { Finding } from "./decision.ts";
import { hasLapsed } from "./lapse.ts";
import type { MutationNumber } from "./mutation-number.ts";
import { absenceRestsOn, findBucket, type Tables } from "./tables.ts";

/** Keys or buckets a page holds when the caller does not say. */
const DEFAULT_LIMIT = 1000;

/** A page of the buckets. It shows the latest mutation of each, so it rests on the latest of all. */
export function readBuckets(
  tables: Tables,
  options: ListOptions,
  nowMs: number,
): Finding<ListBucketsOutcome> {
  const { entries, next } = pageOf(tables.buckets, options, nowMs);
  const buckets = entries.map(({ key, revision, expiresAtMs }) => ({
    bucket: key,
    revision,
    expiresAtMs,
  }));
  return {
    outcome: { type: "listed", page: { entries: buckets, next } },
    restsOn: tables.lastRevision,
  };
}

/** A page of the keys of `bucket`. It rests on the bucket's latest mutation. */
export function readKeys(
  tables: Tables,
  request: ListOptions & { readonly bucket: Uint8Array },
  nowMs: number,
): Finding<ListKeysOutcome> {
  const bucket = findBucket(tables, request.bucket, nowMs);
  if (bucket === undefined) {
    return { outcome: { type: "no-bucket" }, restsOn: absenceRestsOn(tables, request.bucket) };
  }
  const page = pageOf(bucket.keys, request, nowMs);
  return { outcome: { type: "listed", page }, restsOn: bucket.revision };
}

interface Listable extends Placed {
  readonly revision: MutationNumber;
  readonly expiresAtMs: number | undefined;
}

interface Listed {
  readonly key: Uint8Array;
  readonly revision: MutationNumber;
  readonly expiresAtMs: number | undefined;
}

/**
 * Ordinals never change and only grow, so "everything from this ordinal on" names the same rest of
 * the list however much is added and removed between two pages.
 */
function pageOf<Item extends Listable>(
  items: ByteMap<Item>,
  { cursor, limit = DEFAULT_LIMIT }: ListOptions,
  nowMs: number,
): Page<Listed> {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot list ${limit} entries: not a whole number from 1 up`);
  }
  const entries: Listed[] = [];
  let next: Cursor | undefined;
  for (const [key, item] of items.from(cursor === undefined ? 0 : positionOf(cursor))) {
    if (hasLapsed(item, nowMs)) continue;
    if (entries.length === limit) {
      next = cursorAt(item.ordinal);
      break;
    }
    entries.push({ key, revision: item.revision, expiresAtMs: item.expiresAtMs });
  }
  return { entries, next };
}
