import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { runMarkdown } from "./as-markdown.ts";
import { reportText } from "./as-text.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Report } from "./report.ts";
import { showBytes, showCount, showMs, showRate, showRatio, showShare, showUs } from "./units.ts";
import { writeResults } from "./write-readme.ts";

const report: Report = {
  name: "milk",
  question: "How fast is it drunk?",
  tables: [
    {
      title: "By the glass",
      columns: ["who", "rate"],
      rows: [
        ["cats", "12 /s"],
        ["a dog", "3 /s"],
      ],
      notes: ["Lukewarm."],
    },
  ],
  verdicts: [
    { claim: "before it is sour", measured: "yes", outcome: "met" },
    { claim: "by the cow", measured: "there was none", outcome: "skipped" },
  ],
  skipped: ["goats"],
  series: [],
};

test("reportText() lines words up to the left and figures to the right", () => {
  assert.equal(
    reportText(report),
    `
milk: How fast is it drunk?

  By the glass

    who     rate
    cats   12 /s
    a dog   3 /s
  Lukewarm.

  SKIPPED: goats

  met     before it is sour: yes
  SKIPPED by the cow: there was none
`,
  );
});

test("runMarkdown() puts the targets first", () => {
  const head = { date: "2026-01-01", machine: "one", scale: "quick", tookMs: 90_000 };
  assert.equal(
    runMarkdown({ ...head, reports: [report] }),
    `A quick run of 1.5 minutes on 2026-01-01: one.

Ratios are medians of paired, interleaved rounds, with (least–most) beside them.

**Targets**

| to reach | measured |  |
| --- | --- | --- |
| before it is sour | yes | met |
| by the cow | there was none | *skipped* |

### milk

How fast is it drunk?

**By the glass**

| who | rate |
| --- | --: |
| cats | 12 /s |
| a dog | 3 /s |

Lukewarm.

**Skipped:** goats`,
  );
});

test("both tell which rounds began while somebody was still at work", () => {
  const quiet: Measurement = {
    operations: 1,
    elapsedMs: 1,
    cpuUs: 1,
    latencyUs: undefined,
    generatorCpuUs: undefined,
    cacheHits: undefined,
  };
  const disturbed = { ...quiet, isDisturbed: true };
  const series = [
    { name: "cats", rounds: [quiet, disturbed, quiet, disturbed] },
    { name: "dogs", rounds: [quiet] },
  ];
  const told = "not all processes were quiet before cats, round 2, 4";
  assert.match(reportText({ ...report, series }), new RegExp(`\n  DISTURBED: ${told}\n`, "u"));
  const head = { date: "2026-01-01", machine: "one", scale: "quick", tookMs: 90_000 };
  const markdown = runMarkdown({ ...head, reports: [{ ...report, series }] });
  assert.ok(markdown.endsWith(`**Disturbed:** ${told}`));
  assert.doesNotMatch(markdown, /dogs/u);
});

const shown: readonly [shown: string, expected: string][] = [
  [showUs(0.1234), "0.123 us"],
  [showUs(1_234), "1.23 ms"],
  [showUs(Number.NaN), "-"],
  [showMs(12_345), "12.3 s"],
  [showRate(999), "999 /s"],
  [showRate(123_456), "123 k/s"],
  [showRate(1_234_567), "1.23 M/s"],
  [showCount(10_000), "10 k"],
  [showCount(10_000_000), "10 M"],
  [showRatio({ median: 0.978, least: 0.5, most: 12 }), "0.98x (0.50–12.00)"],
  [showShare(0.974), "97 %"],
  [showBytes(41.6), "42"],
];

suite("units", () => {
  for (const [text, expected] of shown) {
    test(`show ${expected}`, () => assert.equal(text, expected));
  }
});

test("writeResults() replaces the results and nothing else", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "kv-bench-test-"));
  t.after(() => rm(directory, { recursive: true }));
  const file = pathToFileURL(join(directory, "README.md"));
  await writeFile(file, "before\n\n<!-- results -->\n\nold\n\n<!-- /results -->\nafter\n");
  await writeResults(file, "$& new");
  const expected = "before\n\n<!-- results -->\n\n$& new\n\n<!-- /results -->\nafter\n";
  assert.equal(await readFile(file, "utf8"), expected);
  await writeFile(file, "nothing");
  await assert.rejects(writeResults(file, "new"), /no place for results/u);
});
