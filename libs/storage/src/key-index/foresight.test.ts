import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NEVER } from "./entry.ts";
import { FORESEEN_LIMIT } from "./foresight.ts";
import { halfSipHash } from "./half-sip-hash.ts";
import { KeyIndex } from "./key-index.ts";

const FIELDS = { revision: 1, expiresAtMs: NEVER, segment: 1, offset: 0, valueBytes: 0 };
const SEED = new Uint8Array(16);

function keyOf(number: number): Uint8Array {
  return Buffer.from(`key ${number}`);
}

test("what fetch() finds are the keys' own entries, most of them, and none for keys that are not there", () => {
  const numbers = fc.array(fc.nat(5999), { minLength: 1, maxLength: FORESEEN_LIMIT });
  const index = new KeyIndex({ seed: SEED, entryOverheadBytes: 0 });
  const bucket = index.createBucket(1, Buffer.from("bucket"));
  for (let number = 0; number < 3000; number++) {
    index.put(bucket, keyOf(number), 0, keyOf(number).length, FIELDS);
  }
  let present = 0;
  let found = 0;
  fc.assert(
    fc.property(numbers, (list) => {
      for (const number of list)
        index.foresight.add(bucket, keyOf(number), 0, keyOf(number).length);
      assert.equal(index.foresight.fetch(), list.length);
      for (const [place, number] of list.entries()) {
        const entry = index.find(bucket, keyOf(number), 0, keyOf(number).length);
        const foreseen = index.foresight.entries[place];
        assert.ok(foreseen === entry || foreseen === 0);
        if (entry !== 0) present++;
        if (foreseen !== 0) found++;
      }
      assert.equal(index.foresight.fetch(), 0);
    }),
  );
  assert.ok(found > present * 0.8, `${found} of ${present}`);
});

test("keys of one hash are taken for each other, not for anything else", () => {
  const one = halfSipHash(SEED);
  const hash = (): number => one(SEED, 0, 0, 0);
  const index = new KeyIndex({ seed: SEED, entryOverheadBytes: 0, hash });
  const bucket = index.createBucket(1, Buffer.from("bucket"));
  assert.equal(index.foresight.fetch(), 0);
  index.foresight.add(bucket, keyOf(0), 0, keyOf(0).length);
  assert.deepEqual([index.foresight.fetch(), index.foresight.entries[0]], [1, 0]);
  const entries = [1, 2, 3].map((number) => index.put(bucket, keyOf(number), 0, 5, FIELDS));
  index.foresight.add(bucket, keyOf(0), 0, keyOf(0).length);
  index.foresight.fetch();
  assert.ok(entries.includes(index.foresight.entries[0] ?? 0));
});

test("what was foreseen never shows in what is found, whatever comes between", () => {
  const name = fc.constantFrom("one", "other");
  const key = fc.nat(5);
  const step = fc.oneof(
    fc.record({
      type: fc.constant("foresee" as const),
      keys: fc.array(fc.tuple(name, key), { maxLength: FORESEEN_LIMIT }),
    }),
    fc.record({ type: fc.constantFrom("find", "find", "put", "remove"), name, key }),
    fc.record({ type: fc.constant("make anew" as const), name }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const index = new KeyIndex({ seed: SEED, entryOverheadBytes: 0 });
      const model = new Map<string, number>();
      let revision = 0;
      for (const bucket of ["one", "other"]) index.createBucket(++revision, Buffer.from(bucket));
      const bucketOf = (bucket: string): number => index.bucketNamed(Buffer.from(bucket));
      const find = (bucket: string, number: number): number =>
        index.find(bucketOf(bucket), keyOf(number), 0, keyOf(number).length);
      for (const each of steps) {
        if (each.type === "foresee") {
          for (const [bucket, number] of each.keys) {
            index.foresight.add(bucketOf(bucket), keyOf(number), 0, keyOf(number).length);
          }
          index.foresight.fetch();
          continue;
        }
        if (each.type === "make anew") {
          index.dropBucket(bucketOf(each.name));
          while (index.reclaim(1000));
          index.createBucket(++revision, Buffer.from(each.name));
          for (const known of model.keys())
            if (known.startsWith(`${each.name} `)) model.delete(known);
          continue;
        }
        const known = `${each.name} ${each.key}`;
        const entry = find(each.name, each.key);
        assert.equal(entry === 0 ? undefined : index.revision(entry), model.get(known));
        if (each.type === "put" && entry === 0) {
          const fields = { ...FIELDS, revision: ++revision };
          const bytes = keyOf(each.key);
          index.put(bucketOf(each.name), bytes, 0, bytes.length, fields);
          model.set(known, revision);
        } else if (each.type === "remove" && entry !== 0) {
          index.remove(bucketOf(each.name), entry);
          model.delete(known);
        }
      }
    }),
    { numRuns: 300 },
  );
});
