import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatBytes, formatDuration } from "./format-quantity.ts";
import { formatSections } from "./format-section.ts";

test("formatSections() shows each member by the unit in its name", () => {
  const text = formatSections([
    ["", { node: "foo", uptimeMs: 5_000 }],
    [
      "kv",
      {
        keys: 1_234_567,
        liveBytes: 1536,
        cache: { usedBytes: 10, limitBytes: 100, hits: 0 },
        snapshot: { takenAtMs: 0, keys: 3 },
        lost: undefined,
        writable: true,
        lastProblems: [{ time: "T", level: "warn", message: "slow" }],
        none: [],
      },
    ],
  ]);
  assert.equal(
    text,
    `node: foo
uptime: 5 s

kv:
  keys: 1,234,567
  live: 1.5 KiB
  cache:
    used: 10 B
    limit: 100 B
    hits: 0
  snapshot:
    taken: 1970-01-01T00:00:00.000Z
    keys: 3
  writable: yes
  last problems:
    T  warn  slow
  none: none`,
  );
});

suite("quantities", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [5 * 2 ** 40, "5.0 TiB"],
    [2 ** 53, "8192.0 TiB"],
  ] as const) {
    test(`formatBytes(${bytes})`, () => assert.equal(formatBytes(bytes), text));
  }
  for (const [ms, text] of [
    [0, "0 ms"],
    [999, "999 ms"],
    [59_999, "59 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [100 * 86_400_000 + 3_600_000, "100 d 1 h"],
  ] as const) {
    test(`formatDuration(${ms})`, () => assert.equal(formatDuration(ms), text));
  }
});
