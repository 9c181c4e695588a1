import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fieldChecksum } from "./field-checksum.ts";

function checksum(bytes: Uint8Array, bucketId: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return fieldChecksum(view, 0, bytes.length, bucketId);
}

function low(number: bigint): bigint {
  return BigInt.asUintN(32, number);
}

/** As it is drawn above the function, in numbers without a limit. */
function drawn(bytes: Uint8Array, bucketId: bigint): number {
  const rotl = (word: bigint, by: bigint): bigint => low((word << by) | (word >> (32n - by)));
  const lanes = [low(bucketId), bucketId >> 32n];
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    const lane = (at / 4) % 2;
    const mixed = rotl(low(BigInt(words.getUint32(at, true)) * 0xcc9e2d51n), 15n);
    lanes[lane] = rotl(low(((lanes[lane] ?? 0n) ^ mixed) * 0x85ebca6bn), 13n);
  }
  const [a = 0n, b = 0n] = lanes;
  const sum = low(a + (b ^ (b >> 16n)) * 0xc2b2ae35n);
  return Number(sum ^ (sum >> 16n));
}

const anyBytes = fc.uint8Array({ maxLength: 40 });
const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test("fieldChecksum() is what is drawn above it, whatever the length", () => {
  fc.assert(
    fc.property(anyBytes, anyId, (bytes, id) => {
      assert.equal(checksum(bytes, id), drawn(bytes, BigInt(id)));
    }),
  );
});

test("fieldChecksum() gives the values that are on disks already", () => {
  const key = new TextEncoder().encode("a key and its value");
  assert.deepEqual(
    [checksum(new Uint8Array(), 1), checksum(key, 1), checksum(key, 2 ** 52 + 1)],
    [1, 3_727_708_407, 4_033_269_131],
  );
});

test("fieldChecksum() reads the range alone, wherever it lies", () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, anyBytes, (before, bytes, after) => {
      const all = Uint8Array.of(...before, ...bytes, ...after);
      const end = before.length + bytes.length;
      assert.equal(
        fieldChecksum(new DataView(all.buffer), before.length, end, 7),
        checksum(bytes, 7),
      );
    }),
  );
});

test("fieldChecksum() finds every change within one word, and of one half of the bucket's id", () => {
  const nonZero = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(anyBytes, fc.nat(), nonZero, anyId, (bytes, place, difference, id) => {
      const known = checksum(bytes, id);
      assert.notEqual(checksum(bytes, Number(BigInt(id) ^ BigInt(difference))), known);
      const changed = Uint8Array.from(bytes);
      const at = bytes.length === 0 ? 0 : (place % bytes.length) & ~3;
      for (let byte = 0; byte < 4 && at + byte < changed.length; byte++) {
        changed[at + byte] = (changed[at + byte] ?? 0) ^ (difference >>> (byte * 8));
      }
      if (Buffer.compare(changed, bytes) !== 0) assert.notEqual(checksum(changed, id), known);
    }),
  );
});

test("fieldChecksum() finds any two flipped bits in a field of a hundred bytes", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => (at * 37) & 0xff);
  const known = checksum(bytes, 3);
  const flip = (bit: number): void => {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  };
  for (let one = 0; one < 800; one++) {
    flip(one);
    for (let other = 0; other < one; other++) {
      flip(other);
      if (checksum(bytes, 3) === known) assert.fail(`bits ${one} and ${other}`);
      flip(other);
    }
    flip(one);
  }
});
