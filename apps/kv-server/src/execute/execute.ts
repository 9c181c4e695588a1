import type { Answering } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { atOnce } from "./answers.ts";
import { countStanding, describeBucket, dropBuckets } from "./buckets.ts";
import type { Command } from "./command.ts";
import { refuseOverLimit } from "./over-limit.ts";
import type { Surroundings } from "./surroundings.ts";
import { deleteKeys, putFields } from "./write-keys.ts";

/**
 * Takes `command` to the buckets. The reply is what its client is told when the answer is durable; it is there at once
 * whenever the buckets answer at once. Throws, or rejects, as `Kv` does.
 */
export function execute(surroundings: Surroundings, command: Command): Answering<Reply> {
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
    default:
      throw new Error(`${command.type} is not there yet`);
  }
}
