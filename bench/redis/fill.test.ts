import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { valuesOfPopulation } from "../data/population.ts";
import { fillPopulation, fillToolKeys } from "./fill.ts";
import type { RespClient } from "./resp-client.ts";

/** Buckets as HSET leaves them. */
class Hashes implements RespClient {
  readonly buckets = new Map<string, Map<string, string>>();

  ask(...words: (string | Buffer)[]): Promise<number> {
    const [name, bucket = "", ...fields] = words.map(String);
    assert.equal(name, "HSET");
    const hash = this.buckets.get(bucket) ?? new Map<string, string>();
    this.buckets.set(bucket, hash);
    const before = hash.size;
    for (let at = 0; at < fields.length; at += 2) hash.set(fields[at] ?? "", fields[at + 1] ?? "");
    return Promise.resolve(hash.size - before);
  }

  [Symbol.dispose](): void {}
}

suite("fillPopulation()", () => {
  for (const keys of [1, 7, 8, 511, 512, 513, 5_000]) {
    test(`puts ${keys} keys, each into its bucket, with the values of every population`, async () => {
      const hashes = new Hashes();
      let share = 0;
      await fillPopulation(hashes, keys, (done) => {
        assert.ok(done > share);
        share = done;
      });
      const values = valuesOfPopulation();
      for (let index = 0; index < keys; index++) {
        const bucket = hashes.buckets.get(`bench-${index % 8}`);
        const value = bucket?.get(`key:${String(index).padStart(8, "0")}`);
        assert.equal(value, String(values[index % values.length]), `key ${index}`);
      }
      const sizes = [...hashes.buckets.values()].map(({ size }) => size);
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        keys,
      );
      assert.equal(share, 1);
    });
  }

  test("rejects when a key was there already", async () => {
    const hashes = new Hashes();
    await fillPopulation(hashes, 10, () => {});
    await assert.rejects(
      fillPopulation(hashes, 20, () => {}),
      /HSET of \d+ new keys answered \d+/u,
    );
  });
});

suite("fillToolKeys()", () => {
  test("puts every key that redis-benchmark may draw", async () => {
    const hashes = new Hashes();
    await fillToolKeys(hashes, 1_000);
    const bucket = hashes.buckets.get("redis-benchmark");
    assert.equal(bucket?.size, 1_000);
    assert.ok(bucket.has("key:000000000000"));
    assert.ok(bucket.has("key:000000000999"));
  });
});
