import assert from "node:assert/strict";
import { test } from "node:test";
import { ValueShelf } from "./value-shelf.ts";

const lengths = [0, 1, 64, 300, 4096, 4097, 100_000];

test("ValueShelf keeps copies of all values, whatever becomes of what they were copied from", () => {
  const shelf = new ValueShelf();
  const kept = Array.from({ length: 200 }, (_, index) => {
    const length = lengths[index % lengths.length] ?? 0;
    const source = new Uint8Array(length + 3).fill(index);
    const value = shelf.put(new DataView(source.buffer), 2, length + 2);
    source.fill(0xdb);
    return { length, value };
  });
  for (const [index, { length, value }] of kept.entries()) {
    const { bytes, words, start, end } = value;
    assert.equal(end - start, length);
    assert.equal(bytes.buffer, words.buffer);
    assert.ok(bytes.subarray(start, end).every((byte) => byte === index));
  }
});

test("ValueShelf keeps short values together, and beside a long one nothing", () => {
  const shelf = new ValueShelf();
  const put = (length: number) => shelf.put(new DataView(new ArrayBuffer(length)), 0, length);
  const [one, other, long] = [put(64), put(64), put(5000)];
  assert.equal(one.bytes, other.bytes);
  assert.equal(long.bytes.length, 5000);
});
