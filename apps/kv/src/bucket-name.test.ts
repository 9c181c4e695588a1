import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketNameLimitBytes, parseBucketName } from "./bucket-name.ts";

test("parseBucketName() takes 1 to 255 bytes of anything", () => {
  for (const bytes of [
    Buffer.from("shopping"),
    Buffer.from("größe"),
    Buffer.from([0]),
    Buffer.from([0xff, 0x85, 0x00]),
    Buffer.from("\u00a0"),
    Buffer.alloc(bucketNameLimitBytes, "a"),
  ]) {
    assert.equal(parseBucketName(bytes), bytes);
  }
});

test("parseBucketName() takes names that no line could carry as one word", () => {
  for (const text of [" ", "a b", "a\n", "\ta", "a\u0085", "a\u3000b"]) {
    const bytes = Buffer.from(text);
    assert.equal(parseBucketName(bytes), bytes);
  }
});

test("parseBucketName() refuses no name, and one that is too long", () => {
  assert.equal(parseBucketName(Buffer.from("")), undefined);
  assert.equal(parseBucketName(Buffer.alloc(bucketNameLimitBytes + 1, "a")), undefined);
});
