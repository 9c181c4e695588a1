import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { readGroup } from "../read-group.ts";
import { decodeGroupHeader, GROUP_HEADER_BYTES, groupAt, sealGroup } from "./group-header.ts";
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

test("decodeSegmentHeader() gives back what was encoded, and takes no flipped bit and no cut", () => {
  const numbers = {
    segment: number,
    firstSequence: number,
    firstSegment: number,
    lastRevision: number,
  };
  fc.assert(
    fc.property(fc.record({ storeId, ...numbers }, plain), (header) => {
      const bytes = encodeSegmentHeader(header);
      assert.deepEqual(decodeSegmentHeader(bytes), { type: "header", header });
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        assert.equal(decodeSegmentHeader(flip(bytes, bit)).type, "bad");
      }
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(decodeSegmentHeader(bytes.subarray(0, length)).type, "bad");
      }
    }),
    { numRuns: 20 },
  );
});

test("decodeSegmentHeader() knows a file of another version by its first 44 bytes", () => {
  const numbers = { segment: 1, firstSequence: 1, firstSegment: 1, lastRevision: 0 };
  const bytes = encodeSegmentHeader({ storeId: new Uint8Array(16), ...numbers });
  for (const version of [1, 2, 4]) {
    const other = Uint8Array.from(bytes.subarray(0, 44));
    const view = new DataView(other.buffer);
    view.setUint32(4, version, true);
    view.setUint32(40, crc32(other.subarray(0, 40)), true);
    const expected = { type: "other-version", found: version };
    assert.deepEqual(decodeSegmentHeader(other), expected);
    assert.deepEqual(decodeSegmentHeader(Uint8Array.of(...other, 1, 2, 3)), expected);
  }
});

test("decodeSeal() knows the seal of another version, however long it is", () => {
  for (const length of [60, 68, 80]) {
    const other = new Uint8Array(length).fill(7);
    other.set(new TextEncoder().encode("KVSL"));
    const view = new DataView(other.buffer);
    view.setUint32(4, 1, true);
    view.setUint32(length - 4, crc32(other.subarray(0, length - 4)), true);
    assert.deepEqual(decodeSeal(other), { type: "other-version", found: 1 });
    assert.equal(decodeSeal(flip(other, 100)).type, "bad");
  }
});

test("decodeSeal() gives back what was encoded, and takes no flipped bit", () => {
  const anySeal = fc.record(
    {
      storeId,
      segment: number,
      lengthBytes: number,
      lastSequence: number,
      lastRevision: number,
      firstSegment: number,
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
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(decodeSeal(bytes.subarray(0, length)).type, "bad");
      }
    }),
    { numRuns: 20 },
  );
});

test("readGroup() gives back what was sealed, and takes no flipped bit, no cut and no other store's", () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 64 });
  const numbers = fc.record(
    { sequence: number, syncedSequence: number, lastRevision: number },
    plain,
  );
  fc.assert(
    fc.property(payload, numbers, fc.nat({ max: 2 ** 32 - 1 }), (records, about, seed) => {
      const group = Uint8Array.of(...new Uint8Array(GROUP_HEADER_BYTES), ...records);
      sealGroup(group, about, seed);
      const reading = readGroup(group, 0, seed);
      assert.ok(reading.type === "group");
      assert.deepEqual(reading.payload, records);
      const { sequence, syncedSequence, lastRevision } = reading.header;
      assert.deepEqual({ sequence, syncedSequence, lastRevision }, about);
      const lengthBytes = group.length;
      assert.deepEqual(groupAt(group, 0), { sequence, lengthBytes });
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
  sealGroup(group, { sequence: 5, syncedSequence: 4, lastRevision: 9 }, 1);
  const torn = group.subarray(0, GROUP_HEADER_BYTES + 1);
  assert.equal(decodeGroupHeader(torn, 0, 1)?.syncedSequence, 4);
});
