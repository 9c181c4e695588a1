import type { ExpiryCondition } from "@kv/kv";
import type { Expiry } from "../../../execute/command.ts";
import { inInt64 } from "../../../execute/int64.ts";
import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import { answerError } from "../../answers.ts";

import { safeNumber } from "./numbers.ts";

/** The words for what must hold of an expiry that is replaced. */
const CONDITIONS: ReadonlyMap<string, ExpiryCondition> = new Map([
  ["NX", "if-none"],
  ["XX", "if-some"],
  ["GT", "if-later"],
  ["LT", "if-sooner"],
]);

const NX_ALONE = answerError("ERR NX and XX, GT or LT options at the same time are not compatible");
const GT_OR_LT = answerError("ERR GT and LT options at the same time are not compatible");

/** Conditions, or the request that tells what is wrong with the words for them. */
export type ConditionWords =
  | { readonly type: "conditions"; readonly conditions: readonly ExpiryCondition[] }
  | { readonly type: "wrong"; readonly request: Request };

/** The condition that a word stands for, in any case. */
export function conditionOf(word: string): ExpiryCondition | undefined {
  return CONDITIONS.get(word.toUpperCase());
}

/** The words from `first` on, all of them conditions that go together. */
export function conditionsFrom(words: Arguments, first: number): ConditionWords {
  const conditions = new Set<ExpiryCondition>();
  for (let index = first; index < words.count; index++) {
    const word = words.text(index);
    const condition = conditionOf(word);
    if (condition === undefined) return wrong(answerError(`ERR Unsupported option ${word}`));
    conditions.add(condition);
  }
  if (conditions.has("if-none") && conditions.size > 1) return wrong(NX_ALONE);
  if (conditions.has("if-later") && conditions.has("if-sooner")) return wrong(GT_OR_LT);
  return { type: "conditions", conditions: [...conditions] };
}

/** How a command that sets an expiry counts it. */
export interface ExpiryWord {
  /** The command's. */
  readonly name: string;
  readonly type: "in" | "at";
  readonly unitMs: bigint;
}

/** In so many seconds. */
export const IN_SECONDS = { type: "in", unitMs: 1000n } as const;

/** In so many milliseconds. */
export const IN_MILLISECONDS = { type: "in", unitMs: 1n } as const;

/** At a moment in Unix seconds. */
export const AT_SECONDS = { type: "at", unitMs: 1000n } as const;

/** At a moment in Unix milliseconds. */
export const AT_MILLISECONDS = { type: "at", unitMs: 1n } as const;

/**
 * The expiry that `value` says, kept to what counts exactly: the year 287396. `undefined` when its moment, in Unix
 * milliseconds, is beyond 64 bits.
 */
export function expiryOf(
  { type, unitMs }: ExpiryWord,
  value: bigint,
  nowMs: number,
): Expiry | undefined {
  const ms = value * unitMs;
  const moment = type === "in" ? ms + BigInt(nowMs) : ms;
  return inInt64(ms) && inInt64(moment) ? { type, ms: safeNumber(ms) } : undefined;
}

function wrong(request: Request): ConditionWords {
  return { type: "wrong", request };
}
