import type { GetOutcome, Kv } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { atOnce, chain } from "./answers.ts";
import type { IncrementCommand } from "./command.ts";
import { mostTries, TOO_MANY_WRITES } from "./contention.ts";
import { keepBucket } from "./kept-bytes.ts";
import { inInt64, parseInt64 } from "./int64.ts";
import { isThere, type Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";
import { CREATES_BUCKET } from "./write-keys.ts";

const NOT_A_NUMBER: Reply = { type: "not-a-number" };
const OVERFLOW: Reply = { type: "overflow" };

/**
 * Adds to a number, which is then what the reply says. It is put on condition that nobody has written the key since it
 * was read, and begins anew otherwise: two increments never come to one. The key keeps its expiry.
 */
export function increment({ kv }: Surroundings, command: IncrementCommand): Replying<Reply> {
  return tryIncrement(kv, command, mostTries);
}

function tryIncrement(kv: Kv, command: IncrementCommand, tries: number): Replying<Reply> {
  if (tries === 0) return atOnce(TOO_MANY_WRITES);
  const reading = kv.get(command.bucket, command.key);
  const ours = isThere(reading) ? command : kept(command);
  return chain(reading, (found) => add(kv, ours, { found, tries }));
}

function add(
  kv: Kv,
  command: IncrementCommand,
  { found, tries }: { readonly found: GetOutcome; readonly tries: number },
): Replying<Reply> {
  const { bucket, key, by } = command;
  const before = found.type === "found" ? parseInt64(found.value) : 0n;
  if (before === undefined) return atOnce(NOT_A_NUMBER);
  const value = before + by;
  if (!inInt64(value)) return atOnce(OVERFLOW);
  const put = { key, value: Buffer.from(String(value)), ...conditionOf(found) };
  const putting = kv.put(bucket, [put], CREATES_BUCKET);
  const ours = isThere(putting) ? command : kept(command);
  return chain(putting, ({ type }) => {
    if (type === "stored") return atOnce<Reply>({ type: "number", value });
    return tryIncrement(kv, ours, tries - 1);
  });
}

function conditionOf(found: GetOutcome) {
  if (found.type !== "found") return { condition: { type: "absent" } } as const;
  const { revision, expiresAtMs } = found;
  return { expiresAtMs, condition: { type: "revision", revision } } as const;
}

function kept({ bucket, key, ...rest }: IncrementCommand): IncrementCommand {
  return { ...rest, bucket: keepBucket(bucket), key: Uint8Array.from(key) };
}
