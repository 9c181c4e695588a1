import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MemoryStore, openLogStore } from "@kv/storage";
import { testStore } from "@kv/storage/conformance";
import { bucketNamed } from "./testing/any-part.ts";
import { LoopBackStore } from "./testing/loop-back-store.ts";
import { openLoopBack } from "./testing/open-loop-back.ts";
import { plainBytes } from "./testing/plain-bytes.ts";

// What the contract asks and a link does not carry is declared at LoopBackStore: `read` always leaves it to `get`, and
// statistics are asked of the store itself.
testStore("RemoteBuckets over a link to RequestServer and a MemoryStore", async ({ clock }) => {
  const owner = new MemoryStore({ clock });
  return new LoopBackStore(openLoopBack(owner), owner);
});

test("RemoteBuckets of a log is answered when the disk has it, and reads values that are only there", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kv-remote-"));
  try {
    await using owner = await openLogStore({ directory, clock: () => 0, cacheLimitBytes: 0 });
    const remote = openLoopBack(owner);
    const bucket = bucketNamed("shopping");
    await remote.createBucket(bucket);
    const fields = Array.from({ length: 200 }, (_, number) => ({
      key: Uint8Array.from(Buffer.from(`key ${number}`)),
      value: new Uint8Array(300).fill(number),
    }));
    const writes = fields.map((field) => remote.put(bucket, [field]));
    await Promise.resolve();
    assert.ok(writes.every(({ isSettled }) => !isSettled));
    for (const { outcome } of await Promise.all(writes)) assert.equal(outcome.type, "stored");
    const reads = await Promise.all(fields.map(({ key }) => remote.get(bucket, key)));
    const values = reads.map(({ outcome }) => outcome.type === "found" && outcome.value);
    assert.deepEqual(
      plainBytes(values),
      fields.map(({ value }) => value),
    );
    const counted = await remote.countBuckets();
    assert.deepEqual(counted.outcome, { type: "counted", buckets: 1 });
  } finally {
    await rm(directory, { recursive: true });
  }
});
