import { checkStore, openLogStore, type Store } from "@kv/storage";
import { labelOf } from "../label.ts";
import type { Writer } from "../writer.ts";
import type { Violation, WriterHistory } from "../writer-history.ts";

/**
 * Judges a store that no node has open: all its bytes have to be good, and it has to hold what the histories allow. Opening
 * it, as any other store, is a part of that.
 */
export async function judgeCopy(
  directory: string,
  histories: readonly (readonly [writer: Writer, history: WriterHistory])[],
): Promise<readonly Violation[]> {
  const flaws = await flawsOf(directory);
  if (flaws.length > 0) return flaws;
  await using store = await openLogStore({ directory, clock: Date.now, cacheLimitBytes: 0 });
  const violations: Violation[] = [];
  for (const [writer, history] of histories) {
    const found = await readCells(store, writer, writer.bucketsToCheck());
    for (const { type, cell, message } of history.judge(found)) {
      violations.push({ type, cell, message: `${directory}: ${message}` });
    }
  }
  return violations;
}

/** What is damaged in a store that no node has open. */
export async function flawsOf(directory: string): Promise<readonly Violation[]> {
  const { findings } = await checkStore({ directory });
  return findings
    .filter(({ severity }) => severity !== "note")
    .map(({ severity, path, offsetBytes, reason }) => {
      const message = `${path} at byte ${offsetBytes}: ${severity}: ${reason}`;
      return { type: "damaged", cell: "", message };
    });
}

async function readCells(
  store: Store,
  writer: Writer,
  buckets: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const cells = new Map<string, string | undefined>();
  for (const bucket of buckets) {
    for (const { cell, key } of writer.keysOf(bucket)) {
      const { outcome } = await store.get(Buffer.from(bucket), Buffer.from(key));
      cells.set(bucket, outcome.type === "no-bucket" ? undefined : "exists");
      const value = outcome.type === "found" ? Buffer.from(outcome.value).toString("latin1") : "";
      cells.set(cell, value === "" ? undefined : labelOf(value));
    }
  }
  return cells;
}
