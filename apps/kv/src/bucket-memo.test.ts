import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketNameLimitBytes } from "./bucket-name.ts";
import fc from "fast-check";
import { BucketMemo } from "./bucket-memo.ts";

test("BucketMemo.named() gives the bytes asked for, whatever was asked before", () => {
  const name = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), name), { maxLength: 40 }), (asked) => {
      const memo = new BucketMemo();
      for (const [start, bytes] of asked) {
        const input = new Uint8Array(10);
        input.set(bytes, start);
        assert.deepEqual(memo.named(input, start, start + bytes.length), bytes);
      }
    }),
  );
});

test("BucketMemo.named() gives a name again as the same object, in memory of its own", () => {
  const memo = new BucketMemo();
  const input = Buffer.from("xfruity");
  const name = memo.named(input, 1, 6);
  assert.deepEqual(name, Uint8Array.from(Buffer.from("fruit")));
  input.fill(0);
  assert.equal(Buffer.from(name ?? []).toString(), "fruit");
  assert.equal(memo.named(Buffer.from("fruit"), 0, 5), name);
});

test("BucketMemo.named() knows no empty name and none that is too long", () => {
  const memo = new BucketMemo();
  const input = new Uint8Array(bucketNameLimitBytes + 1);
  assert.equal(memo.named(input, 3, 3), undefined);
  assert.equal(memo.named(input, 0, input.length), undefined);
  assert.equal(memo.named(input, 1, input.length)?.length, bucketNameLimitBytes);
});
