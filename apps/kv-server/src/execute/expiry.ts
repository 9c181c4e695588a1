import type { ExpireOutcome, KeyOutcome } from "@kv/kv";
import type { ExpiryChange, Reply } from "../reply.ts";
import { atOnce, chain, gather, mapAnswer } from "./answers.ts";
import type { Command, ExpireBucketCommand, ExpireKeysCommand } from "./command.ts";
import { TOO_MANY_WRITES } from "./contention.ts";
import { expireUnchanged, type TriedChange } from "./expire-unchanged.ts";
import { judgeExpiry } from "./judge-expiry.ts";
import { keepBucket } from "./kept-bytes.ts";
import { expiresAtOf } from "./moment-of.ts";
import { isThere, type Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Sets when a bucket expires. What is there is judged first and changed then: in one turn, where the buckets answer at
 * once; elsewhere another client's expiry may come in between, which is then replaced: buckets know no conditional change.
 */
export function expireBucket(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireBucketCommand,
): Replying<Reply> {
  const bucket = keepBucket(command.bucket);
  const nowMs = unixTimeMs();
  const after = expiresAtOf(command.expiry, nowMs);
  const changing = chain(kv.describeBucket(bucket), (found): Replying<ExpiryChange> => {
    if (found.type === "no-bucket") return atOnce("missing");
    const unchanged = judgeExpiry({ before: found.expiresAtMs, after }, command.conditions);
    if (unchanged !== undefined) return atOnce(unchanged);
    return mapAnswer(kv.expire(bucket, undefined, after), (outcome) => {
      return changeOf(outcome, isOver(after, nowMs));
    });
  });
  return mapAnswer(changing, (change) => ({ type: "bucket-expiry", change }));
}

/**
 * Sets when keys expire, each by itself. Where the buckets answer later and there are conditions, a write that comes in
 * between is noticed, and what it made is judged anew.
 */
export function expireKeys(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireKeysCommand,
): Replying<Reply> {
  const bucket = keepBucket(command.bucket);
  const { conditions } = command;
  const nowMs = unixTimeMs();
  const after = expiresAtOf(command.expiry, nowMs);
  const expireOne = (view: Uint8Array): Replying<TriedChange> => {
    const reading = kv.describeKey(bucket, view);
    const isAlone = isThere(reading);
    const key = isAlone ? view : Uint8Array.from(view);
    return chain(reading, (found): Replying<TriedChange> => {
      if (found.type !== "found") return atOnce("missing");
      const unchanged = judgeExpiry({ before: found.expiresAtMs, after }, conditions);
      if (unchanged !== undefined) return atOnce(unchanged);
      if (!isAlone && conditions.length > 0) {
        const isDeleted = isOver(after, nowMs);
        return expireUnchanged(kv, { bucket, key, after, isOver: isDeleted, conditions });
      }
      return mapAnswer(kv.expire(bucket, key, after), (outcome) => {
        return changeOf(outcome, isOver(after, nowMs));
      });
    });
  };
  return gather(command.keys, expireOne, (tried): Reply => {
    const changes = tried.filter((change) => change !== "contended");
    return changes.length < tried.length ? TOO_MANY_WRITES : { type: "key-expiries", changes };
  });
}

/** When keys expire. */
export function keyTimes(
  { kv, unixTimeMs }: Surroundings,
  { bucket, keys }: Extract<Command, { type: "key-times" }>,
): Replying<Reply> {
  return gather(
    keys,
    (key): Replying<KeyOutcome> => kv.describeKey(bucket, key),
    (outcomes): Reply => ({
      type: "key-times",
      nowMs: unixTimeMs(),
      expiresAtMs: outcomes.map((outcome) =>
        outcome.type === "found" ? (outcome.expiresAtMs ?? Number.POSITIVE_INFINITY) : undefined,
      ),
    }),
  );
}

function changeOf({ type }: ExpireOutcome, isDeleted: boolean): ExpiryChange {
  if (type !== "updated") return "missing";
  return isDeleted ? "deleted" : "updated";
}

function isOver(expiresAtMs: number | undefined, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}
