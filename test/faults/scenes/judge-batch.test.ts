import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Batch, judgeBatch } from "./judge-batch.ts";

const LOOK = { beforeMs: 1_000, afterMs: 1_010 };

/** Of a bucket `b`: whether it is there, and which of its four keys; `b` expires at 900, `c` at 1005. */
type Found = { readonly [cell in "b" | "b a" | "b b" | "b c" | "b d"]?: string };

function judge(found: Found, state: Batch["state"], expiresAtMs?: number): readonly string[] {
  const batch: Batch = {
    bucket: "b",
    expiresAtMs,
    keys: [
      { key: "a", label: "1" },
      { key: "b", label: "2", expiresAtMs: 900 },
      { key: "c", label: "3", expiresAtMs: 1_005 },
      { key: "d", label: "4" },
    ],
    state,
  };
  return judgeBatch(batch, new Map(Object.entries(found)), LOOK).map(({ type }) => type);
}

const THERE = { b: "exists", "b a": "1", "b d": "4" };

const cases: readonly [what: string, found: Found, state: Batch["state"], types: string[]][] = [
  ["all that has not expired", THERE, "there", []],
  ["a key that expired during the look", { ...THERE, "b c": "3" }, "there", []],
  ["a key that expired before it", { ...THERE, "b b": "2" }, "there", ["reverted"]],
  ["a key lost", { b: "exists", "b d": "4" }, "there", ["lost"]],
  ["a key with another value", { ...THERE, "b a": "9" }, "there", ["invented"]],
  ["the bucket lost", {}, "there", ["lost"]],
  ["the bucket gone after a drop that nobody acknowledged", {}, "going", []],
  ["the bucket still there after such a drop", THERE, "going", []],
  ["half of it gone after such a drop", { b: "exists", "b d": "4" }, "going", ["lost"]],
  ["a dropped bucket", {}, "gone", []],
  ["a dropped bucket back", { b: "exists" }, "gone", ["reverted"]],
  ["nothing of a broken import", {}, "coming", []],
  ["the first lines of a broken import", { b: "exists", "b a": "1" }, "coming", []],
  ["later lines of it without earlier ones", { b: "exists", "b d": "4" }, "coming", ["lost"]],
];

suite("judgeBatch()", () => {
  for (const [what, found, state, types] of cases) {
    test(`finds ${types.length === 0 ? "nothing wrong with" : "fault with"} ${what}`, () => {
      assert.deepEqual(judge(found, state), types);
    });
  }

  test("expects a bucket to be gone once it has expired, and not before", () => {
    assert.deepEqual(judge({}, "there", 1_000), []);
    assert.deepEqual(judge(THERE, "there", 1_000), ["reverted"]);
    assert.deepEqual(judge(THERE, "there", 1_011), []);
    assert.deepEqual(judge({}, "there", 1_011), ["lost"]);
    assert.deepEqual(judge({}, "there", 1_005), []);
  });
});
