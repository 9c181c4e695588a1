import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandBench } from "../../test/command-bench.ts";
import { bucketsCommand } from "../commands/buckets.ts";
import { exportCommand } from "../commands/transfer/export.ts";
import { bucketNamed, nodeNamed } from "../remote/testing/any-part.ts";
import { Placement } from "./placement.ts";
import { systemBucket } from "./system-bucket.ts";

/** A node with a bucket of its own, and something to remember of a bucket that it has given away. */
async function remembering(): Promise<CommandBench> {
  const placement = new Placement({
    reader: { self: nodeNamed("toy@here"), host: "here" },
    configured: () => [{ from: 0, to: 255, node: "self" }],
    store: () => bench.store,
    activate: () => {},
  });
  const bench = new CommandBench("toy", placement);
  await placement.load(bench.store);
  const own = [{ key: Buffer.from("milk"), value: Buffer.from("1") }];
  await bench.store.put(bucketNamed("shopping"), own, { createsBucket: true });
  await bench.store.put(bucketNamed("nuts"), own, { createsBucket: true });
  const departure = placement.depart(bucketNamed("nuts"), "m");
  departure?.hold();
  await departure?.complete(nodeNamed("bar@here"), "p");
  const { outcome } = await bench.store.describeBucket(systemBucket);
  assert.ok(outcome.type === "found" && outcome.keys > 0);
  return bench;
}

test("what a node remembers of moves is in no listing of buckets", async () => {
  const bench = await remembering();
  const { items } = await bench.run(bucketsCommand);
  assert.deepEqual(
    items.map(({ bucket }) => bucket),
    ["shopping"],
  );
});

test("what a node remembers of moves is in no export", async () => {
  const bench = await remembering();
  const { written } = await bench.run(exportCommand);
  assert.match(String(written), /shopping/u);
  assert.doesNotMatch(String(written), /kv placement|nuts/u);
});

test("what a node remembers of moves is not counted, nor is what it has given away", async () => {
  const bench = await remembering();
  const { buckets, keys } = bench.kv.statistics() ?? {};
  assert.deepEqual({ buckets, keys }, { buckets: 1, keys: 1 });
});
