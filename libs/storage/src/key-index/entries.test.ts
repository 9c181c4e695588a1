import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockArena } from "./block-arena.ts";
import { Entries } from "./entries.ts";
import { NEVER } from "./entry.ts";

const FIELDS = { revision: 1, expiresAtMs: NEVER, segment: 1, offset: 0, valueBytes: 0 };

test("create() keeps keys of every length, from a part of an array", () => {
  const entries = new Entries(new BlockArena());
  for (const length of [0, 1, 3, 64, 65, 127, 128, 2046, 2047, 2048, 65_536, 2 ** 20]) {
    const bytes = Uint8Array.from({ length: length + 7 }, (_, index) => index * 31);
    const entry = entries.create(bytes, 3, 3 + length, FIELDS);
    assert.equal(entries.keyBytes(entry), length);
    assert.deepEqual(entries.key(entry), bytes.slice(3, 3 + length));
    assert.ok(entries.hasKey(entry, bytes, 3, 3 + length));
    assert.ok(!entries.hasKey(entry, bytes, 3, 4 + length));
    if (length === 0) continue;
    assert.ok(!entries.hasKey(entry, bytes, 3, 2 + length));
    bytes[2 + length] = (bytes[2 + length] ?? 0) ^ 1;
    assert.ok(!entries.hasKey(entry, bytes, 3, 3 + length));
  }
});

test("create() refuses a key of more than 1 MiB", () => {
  const entries = new Entries(new BlockArena());
  assert.throws(() => entries.create(new Uint8Array(2 ** 20 + 1), 0, 2 ** 20 + 1, FIELDS), {
    name: "RangeError",
    message: "Cannot hold a key of 1048577 bytes: the limit is 1048576",
  });
});

test("every field keeps its largest and smallest value and disturbs no other one", () => {
  const entries = new Entries(new BlockArena());
  const key = new Uint8Array(2047).fill(7);
  for (const length of [16, 2046, 2047]) {
    const entry = entries.create(key, 0, length, FIELDS);
    const most = { segment: 2 ** 32 - 1, offset: 2 ** 32 - 2, valueBytes: 2 ** 32 - 3 };
    for (const revision of [2 ** 53 - 1, 2 ** 32, 2 ** 32 - 1, 2 ** 31, 0]) {
      entries.write(entry, { ...most, expiresAtMs: NEVER, revision });
      assert.equal(entries.revision(entry), revision);
      assert.equal(entries.keyBytes(entry), length);
    }
    entries.setRevision(entry, 2 ** 53 - 1);
    entries.setHeapPlace(entry, 2 ** 31 - 1);
    assert.equal(entries.heapPlace(entry), 2 ** 31 - 1);
    assert.deepEqual(
      {
        segment: entries.segment(entry),
        offset: entries.offset(entry),
        valueBytes: entries.valueBytes(entry),
      },
      most,
    );
    entries.setPlace(entry, 0, 0);
    entries.setCopyPlace(entry, 2 ** 31 - 1);
    assert.equal(entries.revision(entry), 2 ** 53 - 1);
    assert.deepEqual([entries.segment(entry), entries.offset(entry)], [0, 0]);
    assert.equal(entries.valueBytes(entry), most.valueBytes);
    assert.deepEqual([entries.heapPlace(entry), entries.copyPlace(entry)], [-1, 2 ** 31 - 1]);
    assert.ok(entries.hasKey(entry, key, 0, length));
  }
});
