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
      for (const number of list) index.foresight.add(bucket, keyOf(number));
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
  index.foresight.add(bucket, keyOf(0));
  assert.deepEqual([index.foresight.fetch(), index.foresight.entries[0]], [1, 0]);
  const entries = [1, 2, 3].map((number) => index.put(bucket, keyOf(number), 0, 5, FIELDS));
  index.foresight.add(bucket, keyOf(0));
  index.foresight.fetch();
  assert.ok(entries.includes(index.foresight.entries[0] ?? 0));
});

const steps = fc.array(
  fc.record({
    type: fc.constantFrom("foresee", "find", "put", "remove", "rewrite", "drop"),
    key: fc.nat(15),
    count: fc.integer({ min: 1, max: 16 }),
  }),
  { minLength: 10, maxLength: 80 },
);

test("find() of keys that were foreseen is right whatever has happened since", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const index = new KeyIndex({ seed: SEED, entryOverheadBytes: 0 });
      let id = 1;
      let bucket = index.createBucket(id, Buffer.from("bucket"));
      // Arrays of their own, asked for again and again as a caller asks for what was foreseen.
      const keys = Array.from({ length: 16 }, (_, number) => Buffer.from(`k${number % 12}`));
      const model = new Map<string, number>();
      for (const { type, key: place, count } of list) {
        const key = keys[place]!;
        if (type === "foresee") {
          for (let next = 0; next < count; next++) {
            index.foresight.add(bucket, keys[(place + next) % 16]!);
          }
          index.foresight.fetch();
          for (let next = 0; next < count / 2; next++) {
            const asked = keys[(place + next) % 16]!;
            const entry = index.find(bucket, asked, 0, asked.length);
            assert.equal(entry, model.get(String(asked)) ?? 0);
          }
        } else if (type === "put") {
          model.set(String(key), index.put(bucket, key, 0, key.length, FIELDS));
        } else if (type === "remove" && model.has(String(key))) {
          index.remove(bucket, model.get(String(key))!);
          model.delete(String(key));
        } else if (type === "rewrite") {
          key.write(`k${count % 10}`);
        } else if (type === "drop" && count < 4) {
          index.dropBucket(bucket);
          index.reclaim(count * 20);
          model.clear();
          bucket = index.createBucket(++id, Buffer.from("bucket"));
        }
        const entry = index.find(bucket, key, 0, key.length);
        assert.equal(entry, model.get(String(key)) ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});

test("find() of a key that was foreseen and has gone since finds nothing", () => {
  const index = new KeyIndex({ seed: SEED, entryOverheadBytes: 0 });
  const bucket = index.createBucket(1, Buffer.from("bucket"));
  const key = keyOf(1);
  const entry = index.put(bucket, key, 0, key.length, FIELDS);
  index.foresight.add(bucket, key);
  index.foresight.fetch();
  index.remove(bucket, entry);
  assert.equal(index.find(bucket, key, 0, key.length), 0);
});
