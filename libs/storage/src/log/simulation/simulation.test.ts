import assert from "node:assert/strict";
import { test } from "node:test";
import { runHistory } from "./run-history.ts";

/** Some fifteen seconds on a core that has nothing else to do. */
const HISTORIES = 1500;

/** What a simulation that has lost its bite does not come to any more. */
const BITES = [
  "backups",
  "checks",
  "closed",
  "compactions asked for",
  "crashes while opening",
  "event compaction-stopped",
  "event segment-removed",
  "event snapshot-taken",
  "event snapshot-unusable",
  "event tail-cut",
  "event writes-held",
  "event writes-resumed",
  "event writes-stopped",
  "flip: all there",
  "flip: compaction stopped",
  "flip: refused",
  "flip: tail cut",
  "flip: value refused",
  "given up",
  "given up by closing",
  "kills",
  "openings that failed",
  "power cuts",
  "reads that failed",
  "refused calls",
  "transient buckets ended by delete",
  "transient buckets ended by expire",
  "transient buckets kept",
  "transient buckets made",
  "transient buckets made anew after their last key had lapsed",
  "values read from the disk",
];

const { KV_TEST_SEED: seedText = "", KV_TEST_HISTORIES: histories = "" } = process.env;

if (seedText !== "") {
  test(`the history of seed ${seedText} goes well`, async (t) => {
    const { steps } = await runHistory(Number(seedText));
    for (const [index, step] of steps.entries()) t.diagnostic(`${index + 1}. ${step}`);
  });
} else {
  test("a log store keeps its word through any life, on any disk", async (t) => {
    const number = histories === "" ? HISTORIES : Number(histories);
    const first = Math.floor(Math.random() * 2 ** 31);
    t.diagnostic(`${number} histories, the first of seed ${first}`);
    const counts = new Map<string, number>();
    for (let seed = first; seed < first + number; seed++) {
      const report = await runHistory(seed);
      for (const [what, times] of report.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    }
    const told = [...counts].map(([what, times]) => `${what}: ${times}`);
    t.diagnostic(told.join(", "));
    const lost = BITES.filter((what) => number >= 1000 && !counts.has(what));
    assert.deepEqual(lost, [], "never happened");
  });
}

test("runHistory() does the same again for the same seed", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const [one, other] = [await runHistory(seed), await runHistory(seed)];
    assert.deepEqual(one, other);
  }
});
