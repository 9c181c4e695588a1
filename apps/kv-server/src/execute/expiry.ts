import type { Answering, ExpireOutcome, KeyOutcome } from "@kv/kv";
import type { ExpiryChange, Reply } from "../reply.ts";
import { atOnce, chain, gather, mapAnswer } from "./answers.ts";
import type {
  Command,
  ExpireBucketCommand,
  ExpireKeysCommand,
  ExpiryCondition,
} from "./command.ts";
import { expiresAtOf } from "./moment-of.ts";
import { keepBucket } from "./kept-bytes.ts";
import type { Surroundings } from "./surroundings.ts";

/** When something expires now, and when it is to: `undefined` for never. */
interface Times {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/**
 * Sets when a bucket expires. What is there is judged first and changed then: in one turn, where the buckets answer at
 * once; elsewhere a write may come in between, whose expiry is then replaced.
 */
export function expireBucket(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireBucketCommand,
): Answering<Reply> {
  const bucket = keepBucket(command.bucket);
  const nowMs = unixTimeMs();
  const after = expiresAtOf(command.expiry, nowMs);
  const changing = chain(kv.describeBucket(bucket), (found): Answering<ExpiryChange> => {
    if (found.type === "no-bucket") return atOnce("missing");
    const unchanged = judge({ before: found.expiresAtMs, after }, command.conditions);
    if (unchanged !== undefined) return atOnce(unchanged);
    return mapAnswer(kv.expire(bucket, undefined, after), (outcome) => {
      return changeOf(outcome, isOver(after, nowMs));
    });
  });
  return mapAnswer(changing, (change) => ({ type: "bucket-expiry", change }));
}

/** Sets when keys expire, each by itself; as {@link expireBucket}. */
export function expireKeys(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireKeysCommand,
): Answering<Reply> {
  const bucket = keepBucket(command.bucket);
  const nowMs = unixTimeMs();
  const after = expiresAtOf(command.expiry, nowMs);
  const expireOne = (view: Uint8Array): Answering<ExpiryChange> => {
    const reading = kv.describeKey(bucket, view);
    const key = reading instanceof Promise ? Uint8Array.from(view) : view;
    return chain(reading, (found): Answering<ExpiryChange> => {
      if (found.type !== "found") return atOnce("missing");
      const unchanged = judge({ before: found.expiresAtMs, after }, command.conditions);
      if (unchanged !== undefined) return atOnce(unchanged);
      return mapAnswer(kv.expire(bucket, key, after), (outcome) => {
        return changeOf(outcome, isOver(after, nowMs));
      });
    });
  };
  return gather(command.keys, expireOne, (changes): Reply => ({ type: "key-expiries", changes }));
}

/** When keys expire. */
export function keyTimes(
  { kv, unixTimeMs }: Surroundings,
  { bucket, keys }: Extract<Command, { type: "key-times" }>,
): Answering<Reply> {
  return gather(
    keys,
    (key): Answering<KeyOutcome> => kv.describeKey(bucket, key),
    (outcomes): Reply => ({
      type: "key-times",
      nowMs: unixTimeMs(),
      expiresAtMs: outcomes.map((outcome) =>
        outcome.type === "found" ? (outcome.expiresAtMs ?? Number.POSITIVE_INFINITY) : undefined,
      ),
    }),
  );
}

/** Why nothing is to be changed; `undefined` when it is. */
function judge(times: Times, conditions: readonly ExpiryCondition[]): ExpiryChange | undefined {
  if (times.after === undefined && times.before === undefined) return "unset";
  return conditions.every((condition) => holds(condition, times)) ? undefined : "kept";
}

function holds(condition: ExpiryCondition, { before, after }: Times): boolean {
  switch (condition) {
    case "if-none":
      return before === undefined;
    case "if-some":
      return before !== undefined;
    case "if-later":
      return before !== undefined && (after === undefined || after > before);
    case "if-sooner":
      return after !== undefined && (before === undefined || after < before);
    default:
      return condition satisfies never;
  }
}

function changeOf({ type }: ExpireOutcome, isDeleted: boolean): ExpiryChange {
  if (type !== "updated") return "missing";
  return isDeleted ? "deleted" : "updated";
}

function isOver(expiresAtMs: number | undefined, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}
