import assert from "node:assert/strict";
import type { BucketName } from "../src/bucket-name.ts";
import { allBuckets } from "../src/commands/buckets.ts";
import type { CommandBench } from "./command-bench.ts";

/** What a node holds, in an order of its own: bucket, key, value and what expires. */
export type Contents = readonly string[];

/** All that the bench's node holds. */
export async function contentsOf(bench: CommandBench): Promise<Contents> {
  const found: string[] = [];
  for await (const { bucket: bytes, expiresAtMs, lifetime } of allBuckets(bench.kv)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store holds no other names
    const bucket = bytes as BucketName;
    const name = Buffer.from(bucket).toString("hex");
    found.push(`${name} ${expiresAtMs} ${lifetime}`);
    const { outcome } = await bench.kv.listKeys(bucket);
    assert.equal(outcome.type, "listed");
    for (const { key } of outcome.page.entries) {
      const got = (await bench.kv.get(bucket, key)).outcome;
      assert.equal(got.type, "found");
      const value = Buffer.from(got.value).toString("hex");
      found.push(`${name} ${Buffer.from(key).toString("hex")} ${value} ${got.expiresAtMs}`);
    }
  }
  return found.toSorted();
}
