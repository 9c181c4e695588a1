import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { environment } from "./environment.ts";

const schema = environment.storage.schema;

const wrong: readonly (readonly [key: string, values: readonly unknown[], message: string])[] = [
  [
    "cacheLimitBytes",
    [-1, 0.5, 2 ** 35, "1"],
    "expected bytes: a whole number from 0 to 17179869184",
  ],
  [
    "segmentLimitBytes",
    [0, 2 ** 20 - 1, 2 ** 29 + 1, 2 ** 21 + 0.5],
    "expected bytes: a whole number from 1048576 to 536870912",
  ],
  ["deadShareLimit", [0, 0.05, 2, "x"], "expected a share: a number from 0.1 to 1"],
  ["snapshotEveryRecords", [999, 1000.5, -1], "expected a whole number from 1000"],
];

for (const [key, values, message] of wrong) {
  test(`kv.storage.${key} is refused by both its bounds, whichever it is beyond`, () => {
    for (const value of values) {
      const { success, issues } = v.safeParse(schema, { [key]: value });
      assert.ok(!success, String(value));
      assert.deepEqual(new Set(issues.map((issue) => issue.message)), new Set([message]));
    }
  });
}

test("kv.storage takes what its messages say it does", () => {
  for (const given of [
    {
      cacheLimitBytes: 0,
      segmentLimitBytes: 2 ** 20,
      deadShareLimit: 0.1,
      deadFloorBytes: 0,
      snapshotEveryRecords: 1000,
    },
    { cacheLimitBytes: 2 ** 34, segmentLimitBytes: 2 ** 29, deadShareLimit: 1 },
  ]) {
    assert.ok(v.safeParse(schema, given).success);
  }
});

test("kv.nodes and kv.nodeListen take hosts with ports; only the latter may be any free one", () => {
  const { nodes, nodeListen } = environment;
  for (const [port, reached, listened] of [
    [1, true, true],
    [65_535, true, true],
    [0, false, true],
    [65_536, false, false],
    [1.5, false, false],
    ["1", false, false],
  ] as const) {
    const address = { host: "b", port };
    assert.equal(v.safeParse(nodes.schema, { "bar@b": address }).success, reached, String(port));
    assert.equal(v.safeParse(nodeListen.schema, address).success, listened, String(port));
  }
  assert.ok(!v.safeParse(nodeListen.schema, { host: "", port: 1 }).success);
});

test("kv.callTimeoutMs takes whole milliseconds that a timer can run", () => {
  for (const [value, accepted] of [
    [1, true],
    [2 ** 31 - 1, true],
    [0, false],
    [2 ** 31, false],
    [0.5, false],
  ] as const) {
    assert.equal(v.safeParse(environment.callTimeoutMs.schema, value).success, accepted);
  }
});
