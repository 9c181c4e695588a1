import type { BucketName, BucketOutcome, DropBucketOutcome } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { gather, mapAnswer } from "./answers.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

/** What there is to say of a bucket: `described`, or `no-bucket`. */
export function describeBucket(
  { kv, unixTimeMs }: Surroundings,
  bucket: BucketName,
): Replying<Reply> {
  return mapAnswer(kv.describeBucket(bucket), (outcome) => {
    if (outcome.type === "no-bucket") return outcome;
    const { keys, expiresAtMs } = outcome;
    return { type: "described", keys, expiresAtMs, nowMs: unixTimeMs() };
  });
}

/** How many buckets there are. */
export function countBuckets({ kv }: Surroundings): Replying<Reply> {
  return mapAnswer(kv.countBuckets(), ({ buckets }) => ({ type: "number", value: buckets }));
}

/** How many of `buckets` are there. */
export function countStanding(
  { kv }: Surroundings,
  buckets: readonly BucketName[],
): Replying<Reply> {
  return countOf(buckets, (bucket) => kv.describeBucket(bucket), "found");
}

/** Drops `buckets`; how many were there. */
export function dropBuckets({ kv }: Surroundings, buckets: readonly BucketName[]): Replying<Reply> {
  return countOf(buckets, (bucket) => kv.dropBucket(bucket), "dropped");
}

function countOf(
  buckets: readonly BucketName[],
  operation: (bucket: BucketName) => Replying<BucketOutcome | DropBucketOutcome>,
  counted: "found" | "dropped",
): Replying<Reply> {
  return gather(buckets, operation, (outcomes) => {
    return { type: "number", value: outcomes.filter(({ type }) => type === counted).length };
  });
}
