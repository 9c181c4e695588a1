import type { Reply } from "../reply.ts";
import { atOnce } from "./answers.ts";
import { countBuckets, countStanding, describeBucket, dropBuckets } from "./buckets.ts";
import type { Command } from "./command.ts";
import { drawKeys } from "./draw-keys.ts";
import { expireBucket, expireKeys, keyTimes } from "./expiry.ts";
import { increment } from "./increment.ts";
import { listBuckets, scanBuckets, scanKeys } from "./listings.ts";
import { refuseOverLimit } from "./over-limit.ts";
import { readBucket } from "./read-bucket.ts";
import { describeKey, getMany } from "./read-keys.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";
import { deleteKeys, putFields } from "./write-keys.ts";

/**
 * Takes `command` to the buckets. The reply is what its client is told when the answer is durable; it is there at once
 * whenever the buckets answer at once. Throws, or rejects, as `Kv` does.
 */
export function execute(surroundings: Surroundings, command: Command): Replying<Reply> {
  const { kv, environment } = surroundings;
  const refusal = refuseOverLimit(command, environment);
  if (refusal !== undefined) return atOnce(refusal);
  switch (command.type) {
    case "get":
      return kv.get(command.bucket, command.key);
    case "put":
      return putFields(surroundings, command);
    case "delete":
      return deleteKeys(kv, command);
    case "create":
      return kv.createBucket(command.bucket);
    case "describe":
      return describeBucket(surroundings, command.bucket);
    case "count-standing":
      return countStanding(surroundings, command.buckets);
    case "drop":
      return dropBuckets(surroundings, command.buckets);
    case "describe-key":
      return describeKey(surroundings, command);
    case "get-many":
      return getMany(surroundings, command);
    case "read-bucket":
      return readBucket(surroundings, command);
    case "count-buckets":
      return countBuckets(surroundings);
    case "list-buckets":
      return listBuckets(surroundings, command);
    case "scan-buckets":
      return scanBuckets(surroundings, command);
    case "scan-keys":
      return scanKeys(surroundings, command);
    case "draw-keys":
      return drawKeys(surroundings, command);
    case "increment":
      return increment(surroundings, command);
    case "expire-bucket":
      return expireBucket(surroundings, command);
    case "expire-keys":
      return expireKeys(surroundings, command);
    case "key-times":
      return keyTimes(surroundings, command);
    default:
      return command satisfies never;
  }
}
