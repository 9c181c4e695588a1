import assert from "node:assert/strict";
import { test } from "node:test";
import { interleave } from "./interleave.ts";

test("interleave() measures each once a round, every other round backwards", async () => {
  const order: string[] = [];
  const slots = ["a", "b", "c"].map((name) => ({
    name,
    measure: async (round: number) => {
      order.push(name);
      return `${name}${round}`;
    },
  }));
  assert.deepEqual(await interleave(slots, 3), [
    ["a0", "a1", "a2"],
    ["b0", "b1", "b2"],
    ["c0", "c1", "c2"],
  ]);
  assert.equal(order.join(""), "abccbaabc");
});
