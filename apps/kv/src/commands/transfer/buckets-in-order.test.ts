import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CommandBench } from "../../../test/command-bench.ts";
import { type BucketStart, bucketsInOrder } from "./buckets-in-order.ts";

async function names(bench: CommandBench, start?: BucketStart, limit?: number): Promise<string> {
  const found: string[] = [];
  for await (const bucket of bucketsInOrder(bench.kv, start, limit)) {
    found.push(Buffer.from(bucket).toString("latin1"));
  }
  return found.join("");
}

suite("bucketsInOrder()", () => {
  test("is in the order of the bytes, however many are held at a time", async () => {
    const bench = new CommandBench();
    for (const name of "zebra fish\u00ff".replaceAll(" ", "")) {
      await bench.store.createBucket(Buffer.from(name, "latin1"));
    }
    for (const limit of [1, 2, 3, 100]) {
      assert.equal(await names(bench, undefined, limit), "abefhirsz\u00ff");
    }
  });

  test("goes on at a name, or behind it, also when that is gone", async () => {
    const bench = new CommandBench();
    for (const name of "aceg") await bench.store.createBucket(Buffer.from(name));
    assert.equal(await names(bench, { name: Buffer.from("c"), isIncluded: true }), "ceg");
    assert.equal(await names(bench, { name: Buffer.from("c"), isIncluded: false }), "eg");
    assert.equal(await names(bench, { name: Buffer.from("d"), isIncluded: true }), "eg");
    assert.equal(await names(bench, { name: Buffer.from("z"), isIncluded: false }), "");
  });
});
