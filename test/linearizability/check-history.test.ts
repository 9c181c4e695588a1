import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkHistory } from "./check-history.ts";
import { parseHistory } from "./parse-history.ts";

interface Row {
  readonly title: string;
  readonly history: string;
}

const good: readonly Row[] = [
  { title: "nothing at all", history: "" },
  { title: "reads before any write", history: "a 0-1 get: -" },
  {
    title: "one after the other",
    history: `
      a 0-1 put x: ok
      b 2-3 get: x
      a 4-5 delete: found
      b 6-7 get: -`,
  },
  {
    title: "reads on both sides of a write that is under way",
    history: `
      a 0-1 put x: ok
      a 2-9 put y: ok
      b 3-4 get: x
      c 5-6 get: y`,
  },
  {
    title: "two writes at once, in the order that shows later",
    history: `
      a 0-5 put x: ok
      b 0-5 put y: ok
      c 6-7 get: x`,
  },
  {
    title: "conditions that hold and that do not",
    history: `
      a 0-1 put-if-absent x: ok
      b 2-3 put-if-absent y: refused
      a 4-5 put-if x z: ok
      b 6-7 put-if x w: refused
      a 8-9 get: z`,
  },
  {
    title: "an unknown write that never happens",
    history: `
      a 0-1 put x: ok
      b 2-3 put y: unknown
      a 4-5 get: x`,
  },
  {
    title: "an unknown write that appears later",
    history: `
      a 0-1 put x: ok
      b 2-3 put y: unknown
      a 4-5 get: x
      a 6-7 get: y`,
  },
  {
    title: "an unknown delete that nobody sees but by its effect",
    history: `
      a 0-1 put x: ok
      b 2-3 delete: unknown
      a 4-5 put-if-absent y: ok
      a 6-7 get: y`,
  },
  {
    title: "an unknown write that nobody reads, behind which a condition does not hold",
    history: `
      a 0-1 put x: ok
      b 2-3 put y: unknown
      a 4-5 put-if x z: refused`,
  },
  {
    title: "a pipeline whose operations take effect in its order",
    history: `
      a 0-9 put x: ok
      a 0-9 get: x
      a 0-9 put y: ok
      a 0-9 get: y`,
  },
  {
    title: "an unknown write of a pipeline that takes effect behind its successor",
    history: `
      a 0-9 put x: unknown
      a 0-9 put y: ok
      b 10-11 get: y
      b 12-13 get: x`,
  },
];

const bad: readonly Row[] = [
  {
    title: "a stale read",
    history: `
      a 0-1 put x: ok
      a 2-3 put y: ok
      b 4-5 get: x`,
  },
  {
    title: "a read of nothing where something is",
    history: `
      a 0-1 put x: ok
      b 2-3 get: -`,
  },
  {
    title: "two reads that see two writes in an order of their own",
    history: `
      a 0-9 put x: ok
      b 0-9 put y: ok
      c 1-2 get: x
      c 3-4 get: y
      d 5-6 get: x`,
  },
  {
    title: "a lost update",
    history: `
      a 0-1 put x: ok
      a 2-5 put-if x y: ok
      b 2-5 put-if x z: ok`,
  },
  {
    title: "two who were each the first",
    history: `
      a 0-5 put-if-absent x: ok
      b 0-5 put-if-absent y: ok`,
  },
  {
    title: "a reverted write",
    history: `
      a 0-1 put x: ok
      a 2-3 put y: ok
      b 4-5 get: y
      b 6-7 get: x`,
  },
  {
    title: "a write that is gone after it was read",
    history: `
      a 0-9 put x: ok
      b 1-2 get: x
      b 3-4 get: -`,
  },
  {
    title: "a phantom value",
    history: `
      a 0-1 put x: ok
      b 2-3 get: y`,
  },
  {
    title: "a value of a write that has failed",
    history: `
      a 0-1 put x: failed
      b 2-3 get: x`,
  },
  {
    title: "a value that is read before it is written",
    history: `
      b 0-1 get: x
      a 2-3 put x: ok`,
  },
  {
    title: "an unknown write that appears and disappears",
    history: `
      a 0-1 put x: ok
      b 2-3 put y: unknown
      a 4-5 get: y
      a 6-7 get: x`,
  },
  {
    title: "an unknown write that appears before it is asked for",
    history: `
      a 0-1 get: x
      b 2-3 put x: unknown`,
  },
  {
    title: "one write that takes effect twice",
    history: `
      a 0-1 put x: ok
      b 2-3 put y: ok
      c 4-5 get: y
      c 6-7 put z: ok
      c 8-9 get: y`,
  },
  {
    title: "an unknown write that takes effect twice",
    history: `
      a 0-1 put x: unknown
      b 2-3 get: x
      b 4-5 delete: found
      b 6-7 get: -
      b 8-9 get: x`,
  },
  {
    title: "a deleted key that comes back",
    history: `
      a 0-1 put x: ok
      a 2-3 delete: found
      b 4-5 get: x`,
  },
  {
    title: "an answer that tells of a key where there is none",
    history: `
      a 0-1 put x: absent
      a 2-3 delete: found
      a 4-5 put y: found`,
  },
  {
    title: "a refusal without a reason",
    history: `
      a 0-1 put x: ok
      b 2-3 put-if x y: refused`,
  },
  {
    title: "a pipeline in another order than it was sent",
    history: `
      a 0-9 put x: ok
      a 0-9 get: -`,
  },
  {
    title: "more effects than there are unknown writes",
    history: `
      a 0-1 put x: ok
      b 0-1 delete: unknown
      a 2-3 put-if-absent y: ok
      a 4-5 put-if-absent z: ok`,
  },
];

suite("checkHistory()", () => {
  for (const { title, history } of good) {
    test(`accepts ${title}`, () => {
      assert.equal(checkHistory(parseHistory(history)).isLinearizable, true);
    });
  }

  for (const { title, history } of bad) {
    test(`rejects ${title}`, () => {
      assert.equal(checkHistory(parseHistory(history)).isLinearizable, false);
    });
  }

  test("takes no history in which two writes have one value", () => {
    const history = parseHistory("a 0-1 put x: ok\nb 2-3 put x: ok");
    assert.throws(() => checkHistory(history), /Two writes have the value x/u);
  });
});
