import type { ListKeysOutcome } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { atOnce, chain } from "./answers.ts";
import type { ReadBucketCommand } from "./command.ts";
import { followPages } from "./follow-pages.ts";
import { keepBucket } from "./kept-bytes.ts";
import { readValues } from "./read-keys.ts";
import { ReplyBudget } from "./reply-budget.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

const WAY_OUT = "HSCAN reads a bucket in parts";

/**
 * All there is in a bucket, as it is at one moment: keys are listed and all reads begin in one turn where the buckets
 * answer at once. Where there is no bucket there are no keys.
 */
export function readBucket(
  surroundings: Surroundings,
  { bucket: name, parts }: ReadBucketCommand,
): Replying<Reply> {
  const bucket = keepBucket(name);
  const budget = new ReplyBudget(surroundings.environment.replyLimitBytes, WAY_OUT);
  return chain(listKeys(surroundings, bucket, budget), (keys): Replying<Reply> => {
    if (keys === undefined) return atOnce(budget.refusal());
    if (parts === "keys") return atOnce({ type: "keys", keys });
    return readValues(
      surroundings,
      { bucket, keys },
      {
        budget,
        make: (values) => (parts === "values" ? present(values) : entriesOf(keys, values)),
      },
    );
  });
}

/** The keys of `bucket`, `undefined` when they are over the budget. */
export function listKeys(
  { kv }: Pick<Surroundings, "kv">,
  bucket: ReadBucketCommand["bucket"],
  budget: ReplyBudget,
): Replying<readonly Uint8Array[] | undefined> {
  const keys: Uint8Array[] = [];
  const take = (outcome: ListKeysOutcome) => {
    if (outcome.type === "no-bucket") return undefined;
    for (const { key } of outcome.page.entries) {
      if (!budget.take(key.length)) return undefined;
      keys.push(key);
    }
    return outcome.page.next;
  };
  return followPages({ read: (cursor) => kv.listKeys(bucket, { cursor }), take }, () =>
    budget.isSpent ? undefined : keys,
  );
}

/** A key that went while its bucket was read, which an engine that answers later allows, is left out. */
function present(values: readonly (Uint8Array | undefined)[]): Reply {
  return { type: "values", values: values.filter((value) => value !== undefined) };
}

/** Likewise, with the keys. */
function entriesOf(
  keys: readonly Uint8Array[],
  values: readonly (Uint8Array | undefined)[],
): Reply {
  const found = keys.flatMap((key, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ key, value }];
  });
  return {
    type: "entries",
    keys: found.map(({ key }) => key),
    values: found.map(({ value }) => value),
  };
}
