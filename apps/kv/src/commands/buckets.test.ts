import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandBench } from "../../test/command-bench.ts";
import { parseBucketName } from "../bucket-name.ts";
import { bucketsCommand } from "./buckets.ts";

/** Nothing was typed beside the name. */
const typed = {
  words: { optional: () => undefined, text: () => "", list: () => [] },
  options: { flag: () => false, text: () => undefined, integer: () => undefined },
};

function nameOf(text: string): NonNullable<ReturnType<typeof parseBucketName>> {
  const name = parseBucketName(Buffer.from(text));
  assert.ok(name !== undefined);
  return name;
}

test("buckets tells which ones go with their last key, and when the others go", async () => {
  const bench = new CommandBench();
  const key = Buffer.from("k");
  await bench.kv.createBucket(nameOf("kept"));
  await bench.kv.put(nameOf("born"), [{ key, value: key }], { createsBucket: true });
  await bench.kv.createBucket(nameOf("lapsing"));
  await bench.kv.expire(nameOf("lapsing"), undefined, 2_000_000);
  await bench.kv.createBucket(nameOf("lasting"));
  await bench.kv.expire(nameOf("lasting"), undefined, Number.MAX_SAFE_INTEGER);
  const { items } = await bench.run(bucketsCommand);
  assert.deepEqual(
    new Set(items.map(({ bucket, lifetime }) => `${bucket} ${lifetime}`)),
    new Set(["kept kept", "born transient", "lapsing kept", "lasting kept"]),
  );
  const lines = items.map((item) => bucketsCommand.formatItem?.(item, typed));
  assert.deepEqual(
    new Set(lines),
    new Set([
      "born  1 key, goes with the last",
      "kept  0 keys",
      "lapsing  0 keys, expires 1970-01-01T00:33:20.000Z",
      "lasting  0 keys, expires later than any date",
    ]),
  );
});
