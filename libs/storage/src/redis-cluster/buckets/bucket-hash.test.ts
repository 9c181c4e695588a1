import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { bucketOf, hashOf } from "./bucket-hash.ts";

const anyName = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc
    .string({ unit: fc.constantFrom("%", "{", "}", "7", "B", "a", "\u00e9") })
    .map((text) => Buffer.from(text)),
);

suite("the hash of a bucket", () => {
  test("has the bucket's name, whatever is in it", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        assert.deepEqual(bucketOf(hashOf(name)), Buffer.from(name));
      }),
    );
  });

  test("has no braces, by which a part of it would decide the slot", () => {
    fc.assert(fc.property(anyName, (name) => !/[{}]/u.test(hashOf(name).toString("latin1"))));
    assert.equal(hashOf(Buffer.from("{a}%")).toString(), "b:%7Ba%7D%25");
  });

  test("is none of a key that somebody else has made", () => {
    for (const key of ["shopping", "b", "c:x", "b:50%", "b:%7b", "b:%41"]) {
      assert.equal(bucketOf(Buffer.from(key)), undefined, key);
    }
  });
});
