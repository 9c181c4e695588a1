import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import type { NodeKv } from "../../kv.ts";
import { allBuckets } from "../buckets.ts";

/** Names that are held at a time: some 25 MB of the longest ones there are. */
const batchLimit = 100_000;

/** Where to begin: at the bucket `name`, or at the next one behind it. */
export interface BucketStart {
  readonly name: Uint8Array;
  readonly isIncluded: boolean;
}

/**
 * The node's buckets in the order of their names' bytes, from `start` on. A listing has no such order; but names outlive
 * the node's process, as no cursor does. With more than {@link batchLimit} buckets the listing is read once for each so many.
 */
export async function* bucketsInOrder(
  kv: NodeKv,
  start: BucketStart | undefined,
  limit = batchLimit,
): AsyncGenerator<BucketName> {
  let from = start;
  for (;;) {
    const batch = await firstBuckets(kv, from, limit);
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < limit) return;
    from = { name: last, isIncluded: false };
  }
}

/** The first so many of those from `from` on, in order. */
async function firstBuckets(
  kv: NodeKv,
  from: BucketStart | undefined,
  limit: number,
): Promise<readonly BucketName[]> {
  let found: BucketName[] = [];
  for await (const { bucket: bytes } of allBuckets(kv)) {
    const bucket = parseBucketName(bytes);
    if (bucket === undefined)
      throw new Error("the store holds a bucket that can have no such name");
    if (isBefore(bucket, from)) continue;
    found.push(bucket);
    // Sorting now and then is cheaper than keeping order all the time.
    if (found.length >= 2 * limit) found = inOrder(found).slice(0, limit);
  }
  return inOrder(found).slice(0, limit);
}

function isBefore(bucket: Uint8Array, from: BucketStart | undefined): boolean {
  if (from === undefined) return false;
  const order = Buffer.compare(bucket, from.name);
  return from.isIncluded ? order < 0 : order <= 0;
}

function inOrder(buckets: readonly BucketName[]): BucketName[] {
  const sorted = buckets.toSorted((one, other) => Buffer.compare(one, other));
  // An engine may list one twice.
  return sorted.filter((bucket, at) => {
    const before = sorted[at - 1];
    return before === undefined || Buffer.compare(bucket, before) !== 0;
  });
}
