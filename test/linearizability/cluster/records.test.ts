import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Records } from "./records.ts";
import type { Answer, Request } from "./request.ts";

const target = { bucket: "apples", key: "k" };
const who = { client: "c0", way: "foo, RESP" };

function put(value: string): Request {
  return { target, action: { type: "put", value }, wantsRevision: true };
}

function stored(value: string, revision: string): Answer {
  return { outcome: { type: "applied" }, seen: { value, revision: Buffer.from(revision) } };
}

suite("Records", () => {
  test("keep the operations of a client in its order, and those without an answer as unknown", () => {
    const records = new Records({ isRefusalSure: true });
    const first = records.begin(put("a"), who);
    const second = records.begin(put("b"), who);
    records.begin(put("c"), who);
    second({ outcome: { type: "failed" } });
    first(undefined);
    const history = records.histories.get(target) ?? [];
    assert.deepEqual(
      history.map(({ action, outcome }) => ["value" in action && action.value, outcome.type]),
      [
        ["a", "unknown"],
        ["b", "failed"],
        ["c", "unknown"],
      ],
    );
  });

  test("make no refusal of a refused condition where revisions change by themselves", () => {
    for (const [isRefusalSure, type] of [
      [true, "refused"],
      [false, "failed"],
    ] as const) {
      const records = new Records({ isRefusalSure });
      const action = { type: "put-if-value", value: "b", expected: "a" } as const;
      records.begin({ target, action, wantsRevision: true }, who)({ outcome: { type: "refused" } });
      assert.equal(records.histories.get(target)?.[0]?.outcome.type, type);
    }
  });

  test("find it odd when two values have one revision", () => {
    const records = new Records({ isRefusalSure: true });
    records.begin(put("a"), who)(stored("a", "7"));
    records.begin(put("a2"), who)(stored("a", "7"));
    assert.deepEqual(records.oddities, []);
    records.begin(put("b"), who)(stored("b", "7"));
    assert.deepEqual(records.oddities, ["revision 7 of apples k: a, and b"]);
  });

  test("tell when so many more operations are over, or when there will be no more", async () => {
    const records = new Records({ isRefusalSure: true });
    const soon = records.after(1);
    records.begin(put("a"), who)(undefined);
    await soon;
    const never = records.after(1_000);
    records.release();
    await never;
  });
});
