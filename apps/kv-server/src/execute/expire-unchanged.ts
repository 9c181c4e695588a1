import type { BucketName, Kv } from "@kv/kv";
import type { ExpiryChange } from "../reply.ts";
import { atOnce, chain, mapAnswer } from "./answers.ts";
import type { ExpiryCondition } from "./command.ts";
import { mostTries } from "./contention.ts";
import { judgeExpiry } from "./judge-expiry.ts";
import type { Replying } from "./replying.ts";

/** What is to become of a key's expiry. Its arrays are kept. */
export interface KeyExpiry {
  readonly bucket: BucketName;
  readonly key: Uint8Array;
  /** `undefined` for never. */
  readonly after: number | undefined;
  /** Whether `after` is over: the key is then deleted. */
  readonly isOver: boolean;
  readonly conditions: readonly ExpiryCondition[];
}

/** What became of it; *contended*: nothing, since others wrote the key again and again. */
export type TriedChange = ExpiryChange | "contended";

/**
 * Sets when a key expires if its expiry is still what the conditions were judged by. A store has no operation for that,
 * so the key is put anew with the value it has, or deleted, on condition that nobody has written it since it was read.
 * It costs its value two journeys; only for buckets that answer later, where a write may come in between.
 */
export function expireUnchanged(
  kv: Kv,
  expiry: KeyExpiry,
  tries = mostTries,
): Replying<TriedChange> {
  if (tries === 0) return atOnce("contended");
  const { bucket, key, after } = expiry;
  return chain(kv.get(bucket, key), (found): Replying<TriedChange> => {
    if (found.type !== "found") return atOnce("missing");
    const { value, revision, expiresAtMs } = found;
    const unchanged = judgeExpiry({ before: expiresAtMs, after }, expiry.conditions);
    if (unchanged !== undefined) return atOnce(unchanged);
    const condition = { type: "revision", revision } as const;
    const writing = expiry.isOver
      ? mapAnswer(kv.delete(bucket, [key], condition), ({ type }) => type)
      : mapAnswer(
          kv.put(bucket, [{ key, value, expiresAtMs: after, condition }]),
          ({ type }) => type,
        );
    return chain(writing, (type): Replying<TriedChange> => {
      if (type === "conflict") return expireUnchanged(kv, expiry, tries - 1);
      if (type === "stored") return atOnce("updated");
      return atOnce(type === "deleted" ? "deleted" : "missing");
    });
  });
}
