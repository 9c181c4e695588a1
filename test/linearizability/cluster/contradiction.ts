import { checkHistory } from "../check-history.ts";
import type { Operation } from "../operation.ts";
import { showHistory } from "../show-history.ts";
import { shrinkHistory } from "../shrink-history.ts";
import type { Target } from "./request.ts";

/** Something that was done to the nodes. */
export interface Deed {
  readonly at: number;
  readonly text: string;
}

/** What is wrong with the history of one key, as text; `undefined` when nothing is. */
export function contradictionIn(
  { bucket, key }: Target,
  history: readonly Operation[],
  deeds: readonly Deed[],
): string | undefined {
  if (checkHistory(history).isLinearizable) return undefined;
  const { operations, others } = shrinkHistory(history);
  const begin = Math.min(...operations.map(({ callAt }) => callAt));
  const end = Math.max(...operations.map(({ returnAt }) => returnAt));
  // What was done long before still matters, such as a table that was put.
  const meanwhile = deeds
    .filter(({ at }) => at <= end)
    .map(({ at, text }) => `# ${(at - begin).toFixed(2)} ${text}`);
  return [
    `Bucket ${bucket}, key ${key}: these cannot all have been, whatever ${others} others did:`,
    showHistory(operations),
    "# What was done to the nodes until then:",
    ...meanwhile.slice(-20),
  ].join("\n");
}
