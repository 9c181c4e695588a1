import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isKvError } from "../errors.ts";
import { hopsToFormerOwner, hopsWith, NO_HOPS, parseHops } from "./hops.ts";
import { anyHops, nodeNamed } from "./testing/any-part.ts";

test("parseHops() gives back what hopsWith() put together, in memory of its own", () => {
  fc.assert(
    fc.property(anyHops, (hops) => {
      const bytes = Uint8Array.from(hops.bytes);
      const parsed = parseHops(bytes);
      bytes.fill(0xee);
      assert.deepEqual(parsed, hops);
    }),
  );
});

test("parseHops() takes the mark of a former owner behind one name only, and at the end", () => {
  const { bytes } = hopsToFormerOwner(nodeNamed("foo@lab"));
  assert.equal(parseHops(bytes)?.asksFormerOwner, true);
  const name = bytes.subarray(0, -1);
  for (const wrong of [[0], [...name, ...name, 0], [...name, 0, 0], [0, ...name]]) {
    assert.equal(parseHops(Uint8Array.from(wrong)), undefined);
  }
});

test("hopsWith() takes eight nodes, and names all of them when there is a ninth", () => {
  const names = Array.from({ length: 9 }, (_, number) => nodeNamed(`n${number}@lab`));
  const eight = names.slice(0, 8).reduce(hopsWith, NO_HOPS);
  assert.deepEqual(eight.nodes, names.slice(0, 8));
  assert.throws(
    () => hopsWith(eight, nodeNamed("n8@lab")),
    (error) =>
      isKvError(error, "KV_TOO_MANY_HOPS") &&
      error.message === `too many hops: ${names.join(" -> ")}`,
  );
});
