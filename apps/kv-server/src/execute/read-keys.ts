import type { BucketName, GetOutcome, KeyOutcome } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { atOnce, chain, gather, mapAnswer } from "./answers.ts";
import type { Command } from "./command.ts";
import { keepBucket, keepKeys } from "./kept-bytes.ts";
import { ReplyBudget } from "./reply-budget.ts";
import { isThere, type Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

/** Keys of one bucket. */
export interface KeysOfBucket {
  readonly bucket: BucketName;
  readonly keys: readonly Uint8Array[];
}

/** What there is to say of a key: `described-key`, `missing` or `no-bucket`. */
export function describeKey(
  { kv }: Surroundings,
  { bucket, key }: Extract<Command, { type: "describe-key" }>,
): Replying<Reply> {
  return mapAnswer(kv.describeKey(bucket, key), (outcome): Reply => {
    if (outcome.type !== "found") return outcome;
    return { type: "described-key", valueBytes: outcome.valueBytes };
  });
}

/** The values of keys, as they are at one moment. */
export function getMany(surroundings: Surroundings, wanted: KeysOfBucket): Replying<Reply> {
  const { replyLimitBytes } = surroundings.environment;
  const budget = new ReplyBudget(replyLimitBytes, "ask for fewer keys");
  return readValues(surroundings, wanted, {
    budget,
    make: (values) => ({ type: "values", values }),
  });
}

/** What is to become of values, if there is room for them. */
export interface ValuesWanted {
  readonly budget: ReplyBudget;
  /** `undefined` where there is no such key. */
  readonly make: (values: readonly (Uint8Array | undefined)[]) => Reply;
}

/**
 * The values of `wanted`, one for each key. How long they are is judged first; then all reads begin, in the same turn
 * where the buckets answer at once.
 */
export function readValues(
  { kv }: Surroundings,
  wanted: KeysOfBucket,
  { budget, make }: ValuesWanted,
): Replying<Reply> {
  const hasRoom = gather(
    wanted.keys,
    (key): Replying<KeyOutcome> => kv.describeKey(wanted.bucket, key),
    (outcomes) =>
      outcomes.every((outcome) => budget.take(outcome.type === "found" ? outcome.valueBytes : 0)),
  );
  const { bucket, keys } = isThere(hasRoom) ? wanted : kept(wanted);
  return chain(hasRoom, (isSo): Replying<Reply> => {
    if (!isSo) return atOnce(budget.refusal());
    return gather(
      keys,
      (key): Replying<GetOutcome> => kv.get(bucket, key),
      (outcomes) =>
        make(outcomes.map((outcome) => (outcome.type === "found" ? outcome.value : undefined))),
    );
  });
}

function kept({ bucket, keys }: KeysOfBucket): KeysOfBucket {
  return { bucket: keepBucket(bucket), keys: keepKeys(keys) };
}
