import type { ExpiryChange } from "../../../reply.ts";
import { appendArray, appendInteger } from "../../writer.ts";
import { type Forms, formsOf } from "./forms.ts";

/** What Redis says instead of a time: there is nothing, or it never expires. */
const NOTHING = -2;
const NEVER = -1;

/** 1 when the expiry of a bucket was changed, 0 when it was not. */
export const BUCKET_CHANGE = formsOf((reply, output) => {
  if (reply.type !== "bucket-expiry") return false;
  const isChanged = reply.change === "updated" || reply.change === "deleted";
  appendInteger(output, isChanged ? 1 : 0);
  return true;
});

/** What HEXPIRE says of one key: no such key, not changed, changed, deleted since the time was over. */
const CHANGES: Readonly<Record<ExpiryChange, number>> = {
  missing: NOTHING,
  unset: NEVER,
  kept: 0,
  updated: 1,
  deleted: 2,
};

/** What became of each key's expiry. */
export const KEY_CHANGES = formsOf((reply, output) => {
  if (reply.type !== "key-expiries") return false;
  appendArray(output, reply.changes.length);
  for (const change of reply.changes) appendInteger(output, CHANGES[change]);
  return true;
});

/** A moment, or the time until it, as a command shows it. */
export interface TimeShown {
  readonly since: "now" | "1970";
  readonly unit: "seconds" | "milliseconds";
}

/** The expiry of a bucket. Whole seconds are the nearest ones. */
export function bucketTime(shown: TimeShown): Forms {
  return formsOf((reply, output) => {
    if (reply.type === "no-bucket") appendInteger(output, NOTHING);
    else if (reply.type !== "described") return false;
    else if (reply.expiresAtMs === undefined) appendInteger(output, NEVER);
    else
      appendInteger(output, Math.floor((millisecondsOf(shown, reply) + half(shown)) / unit(shown)));
    return true;
  });
}

/** The expiry of each key. Whole seconds are rounded up. */
export function keyTimes(shown: TimeShown): Forms {
  return formsOf((reply, output) => {
    if (reply.type !== "key-times") return false;
    const { expiresAtMs: times, nowMs } = reply;
    appendArray(output, times.length);
    for (const expiresAtMs of times) {
      if (expiresAtMs === undefined) appendInteger(output, NOTHING);
      else if (expiresAtMs === Number.POSITIVE_INFINITY) appendInteger(output, NEVER);
      else
        appendInteger(
          output,
          Math.ceil(millisecondsOf(shown, { expiresAtMs, nowMs }) / unit(shown)),
        );
    }
    return true;
  });
}

function millisecondsOf(
  { since }: TimeShown,
  { expiresAtMs = 0, nowMs }: { readonly expiresAtMs: number | undefined; readonly nowMs: number },
): number {
  return since === "now" ? Math.max(expiresAtMs - nowMs, 0) : expiresAtMs;
}

function unit({ unit: name }: TimeShown): number {
  return name === "seconds" ? 1000 : 1;
}

function half(shown: TimeShown): number {
  return Math.floor(unit(shown) / 2);
}
