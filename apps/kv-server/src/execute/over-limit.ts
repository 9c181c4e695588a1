import { refuseTooLong } from "../refusal.ts";
import type { Refusal } from "../reply.ts";
import type { Command } from "./command.ts";
import type { Surroundings } from "./surroundings.ts";

/** Why `command` is not carried out: its first key or value that is over its limit. Judged for every protocol. */
export function refuseOverLimit(
  command: Command,
  limits: Surroundings["environment"],
): Refusal | undefined {
  if (command.type === "get") return refuseKey(command.key, limits);
  if (command.type === "put") return refuseFields(command.fields, limits);
  if ("key" in command) return refuseKey(command.key, limits);
  if ("keys" in command) return refuseKeys(command.keys, limits);
  return undefined;
}

function refuseFields(
  fields: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[],
  limits: Surroundings["environment"],
): Refusal | undefined {
  const { valueLimitBytes } = limits;
  for (const { key, value } of fields) {
    const refusal = refuseKey(key, limits);
    if (refusal !== undefined) return refusal;
    if (value.length > valueLimitBytes) return refuseTooLong("value", valueLimitBytes);
  }
  return undefined;
}

function refuseKeys(
  keys: readonly Uint8Array[],
  limits: Surroundings["environment"],
): Refusal | undefined {
  for (const key of keys) {
    const refusal = refuseKey(key, limits);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuseKey(
  key: Uint8Array,
  { keyLimitBytes }: Surroundings["environment"],
): Refusal | undefined {
  return key.length > keyLimitBytes ? refuseTooLong("key", keyLimitBytes) : undefined;
}
