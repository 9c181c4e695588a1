import type { ExpireOutcome, KeyOutcome, NewExpiry } from "@kv/kv";
import type { ExpiryChange, Reply } from "../reply.ts";
import { gather, mapAnswer } from "./answers.ts";
import type { Command, ExpireBucketCommand, ExpireKeysCommand } from "./command.ts";
import { expiresAtOf } from "./moment-of.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

/** Sets when a bucket expires, in one step: its conditions are judged where the bucket is. */
export function expireBucket(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireBucketCommand,
): Replying<Reply> {
  const change = changeTo(command, unixTimeMs());
  return mapAnswer(kv.expire(command.bucket, undefined, change.expiry), (outcome) => {
    return { type: "bucket-expiry", change: change.of(outcome) };
  });
}

/** Sets when keys expire, each by itself, and each in one step. */
export function expireKeys(
  { kv, unixTimeMs }: Surroundings,
  command: ExpireKeysCommand,
): Replying<Reply> {
  const change = changeTo(command, unixTimeMs());
  return gather(
    command.keys,
    (key): Replying<ExpireOutcome> => kv.expire(command.bucket, key, change.expiry),
    (outcomes): Reply => ({ type: "key-expiries", changes: outcomes.map(change.of) }),
  );
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

/** What a store is to be asked for, and what its outcome is to a client. */
interface Change {
  readonly expiry: NewExpiry;
  readonly of: (outcome: ExpireOutcome) => ExpiryChange;
}

function changeTo(
  { expiry, conditions }: Pick<ExpireKeysCommand, "expiry" | "conditions">,
  nowMs: number,
): Change {
  const expiresAtMs = expiresAtOf(expiry, nowMs);
  if (expiresAtMs === undefined) {
    // What lives for ever is not changed by having it live for ever: clients are told so.
    return {
      expiry: { expiresAtMs, conditions: ["if-some", ...conditions] },
      of: (outcome) => changeOf(outcome, { changed: "updated", unchanged: "unset" }),
    };
  }
  const changed = expiresAtMs <= nowMs ? "deleted" : "updated";
  return {
    expiry: conditions.length === 0 ? expiresAtMs : { expiresAtMs, conditions },
    of: (outcome) => changeOf(outcome, { changed, unchanged: "kept" }),
  };
}

function changeOf(
  { type }: ExpireOutcome,
  names: { readonly changed: ExpiryChange; readonly unchanged: ExpiryChange },
): ExpiryChange {
  if (type === "updated") return names.changed;
  return type === "unchanged" ? names.unchanged : "missing";
}
