import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { checksumSeed } from "../format/store-id.ts";
import { groupOf, STORE_ID } from "../testing/log-builder.ts";
import { checksumSeedOf, crc32Seed } from "./checksum-seed-of.ts";

test("crc32Seed() finds what a checksum started from", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(0xffffffff), (bytes, seed) => {
      assert.equal(crc32Seed(bytes, crc32(bytes, seed)), seed);
    }),
  );
});

test("checksumSeedOf() finds the seed of a whole group, and of no other", () => {
  const group = groupOf(Uint8Array.of(1, 2, 3), { sequence: 4 });
  const file = Uint8Array.of(9, ...group, 9);
  assert.equal(checksumSeedOf(file, 1), checksumSeed(STORE_ID));
  assert.equal(checksumSeedOf(file, 0), undefined);
  assert.equal(checksumSeedOf(file.subarray(0, group.length), 1), undefined);
  assert.equal(checksumSeedOf(file.subarray(0, 20), 1), undefined);
  const changed = Uint8Array.from(file);
  changed[group.length] = 7;
  assert.equal(checksumSeedOf(changed, 1), undefined);
});
