import { type ControlClient, memberAt } from "../../harness/control-client.ts";
import { labelOf } from "../label.ts";
import { cellOf } from "../operation.ts";
import { readCells } from "../read-back.ts";
import type { Violation } from "../writer-history.ts";

/** What a bucket has to hold, no more and no less. */
export interface KeptKeys {
  readonly bucket: string;
  readonly keys: readonly { readonly key: string; readonly label: string }[];
}

/** Reads a bucket that nobody writes to, key by key and by its listing. */
export async function judgeKeys(
  { control, port }: { readonly control: ControlClient; readonly port: number },
  { bucket, keys }: KeptKeys,
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  const found = await readCells(port, [{ bucket, keys: keys.map(({ key }) => key) }]);
  for (const { key, label } of keys) {
    const cell = cellOf(bucket, key);
    const value = found.get(cell);
    if (value === label) continue;
    const type = value === undefined ? "lost" : "invented";
    const shown = value === undefined ? "nothing" : labelOf(value).slice(0, 40);
    violations.push({ type, cell, message: `${cell}: ${type}: found ${shown}, promised ${label}` });
  }
  if (violations.length > 0) return violations;
  const listed = await control.items("keys", { words: [bucket] });
  const names = new Set(listed.map((item) => memberAt(item, ["key"])));
  if (listed.length === keys.length && keys.every(({ key }) => names.has(key))) return [];
  const message = `${bucket}: ${listed.length} keys are listed, ${keys.length} are there`;
  return [{ type: "wrong-reply", cell: bucket, message }];
}
