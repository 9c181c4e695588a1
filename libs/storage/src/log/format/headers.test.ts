import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readGroup } from "../read-group.ts";
import { decodeGroupHeader, GROUP_HEADER_BYTES, sealGroup } from "./group-header.ts";
import { decodeSeal, encodeSeal } from "./seal.ts";
import { decodeSegmentHeader, encodeSegmentHeader } from "./segment-header.ts";

const storeId = fc.uint8Array({ minLength: 16, maxLength: 16 });
const number = fc.maxSafeNat();
const plain = { noNullPrototype: true };

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = bit >> 3;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

test("decodeSegmentHeader() gives back what was encoded, and takes no flipped bit", () => {
  fc.assert(
    fc.property(fc.record({ storeId, segment: number, firstSequence: number }, plain), (header) => {
      const bytes = encodeSegmentHeader(header);
      assert.deepEqual(decodeSegmentHeader(bytes), { type: "header", header });
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        assert.equal(decodeSegmentHeader(flip(bytes, bit)).type, "bad");
      }
    }),
    { numRuns: 20 },
  );
});

test("decodeSeal() gives back what was encoded, and takes no flipped bit", () => {
  const anySeal = fc.record(
    {
      storeId,
      segment: number,
      lengthBytes: number,
      lastSequence: number,
      lastRevision: number,
    },
    plain,
  );
  fc.assert(
    fc.property(anySeal, (seal) => {
      const bytes = encodeSeal(seal);
      assert.deepEqual(decodeSeal(bytes), { type: "seal", seal });
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        assert.equal(decodeSeal(flip(bytes, bit)).type, "bad");
      }
    }),
    { numRuns: 20 },
  );
});

test("readGroup() gives back what was sealed, and takes no flipped bit, no cut and no other store's", () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 64 });
  const numbers = fc.record({ sequence: number, syncedSequence: number }, plain);
  fc.assert(
    fc.property(payload, numbers, fc.nat({ max: 2 ** 32 - 1 }), (records, about, seed) => {
      const group = Uint8Array.of(...new Uint8Array(GROUP_HEADER_BYTES), ...records);
      sealGroup(group, about, seed);
      const reading = readGroup(group, 0, seed);
      assert.ok(reading.type === "group");
      assert.deepEqual(reading.payload, records);
      const { sequence, syncedSequence } = reading.header;
      assert.deepEqual({ sequence, syncedSequence }, about);
      for (let bit = 0; bit < group.length * 8; bit++) {
        assert.equal(readGroup(flip(group, bit), 0, seed).type, "bad");
      }
      for (let length = 0; length < group.length; length++) {
        assert.equal(readGroup(group.subarray(0, length), 0, seed).type, "bad");
      }
      assert.equal(readGroup(group, 0, (seed + 1) % 2 ** 32).type, "bad");
    }),
    { numRuns: 20 },
  );
});

test("decodeGroupHeader() reads the header of a group whose payload is torn", () => {
  const group = new Uint8Array(GROUP_HEADER_BYTES + 8);
  sealGroup(group, { sequence: 5, syncedSequence: 4 }, 1);
  const torn = group.subarray(0, GROUP_HEADER_BYTES + 1);
  assert.equal(decodeGroupHeader(torn, 0, 1)?.syncedSequence, 4);
});
