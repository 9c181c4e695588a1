import type {
  Answering,
  CreateBucketOutcome,
  DeleteOutcome,
  GetOutcome,
  Kv,
  PutOutcome,
} from "@kv/kv";
import type { Command } from "./command.ts";
import type { Reply } from "./reply.ts";

/** What became of a command. */
export type Outcome = CreateBucketOutcome | DeleteOutcome | GetOutcome | PutOutcome;

const NOTHING_DELETED: Reply = { type: "nothing-deleted" };

/** Takes `command` to the buckets. Throws, or rejects, as {@link Kv} does. */
export function execute(kv: Kv, command: Command): Answering<Outcome> {
  switch (command.type) {
    case "get":
      return kv.get(command.bucket, command.key);
    case "put":
      return kv.put(command.bucket, command.fields);
    case "delete":
      return kv.delete(command.bucket, command.keys);
    case "create":
      return kv.createBucket(command.bucket);
    default:
      return command satisfies never;
  }
}

/** What the client of a command of this type is told of its outcome. */
export function replyTo(type: Command["type"], outcome: Outcome): Reply {
  return type === "delete" && outcome.type === "missing" ? NOTHING_DELETED : outcome;
}
