import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BLOCK_HEADER_BYTES, decodeBlockHeader, sealBlock } from "./snapshot-block.ts";
import { decodeSnapshotFooter, encodeSnapshotFooter } from "./snapshot-footer.ts";
import {
  decodeSnapshotHeader,
  encodeSnapshotHeader,
  SNAPSHOT_HEADER_BYTES,
} from "./snapshot-header.ts";

const number = fc.maxSafeNat();
const u32 = fc.nat({ max: 2 ** 32 - 1 });
const plain = { noNullPrototype: true };

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = bit >> 3;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

test("decodeSnapshotHeader() gives back what was encoded, and takes no flipped bit", () => {
  const from = { segment: number, offsetBytes: number, sequence: number, lastRevision: number };
  const storeId = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const anyHeader = fc.record(
    { storeId, from: fc.record(from, plain), firstSegment: number, dropRevision: number },
    plain,
  );
  fc.assert(
    fc.property(anyHeader, (header) => {
      const { bytes, seed } = encodeSnapshotHeader(header);
      assert.equal(bytes.length, SNAPSHOT_HEADER_BYTES);
      assert.deepEqual(decodeSnapshotHeader(bytes), { type: "header", header, seed });
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        assert.equal(decodeSnapshotHeader(flip(bytes, bit)).type, "bad");
      }
    }),
    { numRuns: 20 },
  );
});

test("decodeSnapshotFooter() gives back what was encoded, and takes no flipped bit and no other file's", () => {
  const anyFooter = fc.record(
    { endSequence: number, blocks: u32, buckets: number, keys: number },
    plain,
  );
  fc.assert(
    fc.property(anyFooter, u32, (footer, seed) => {
      const bytes = encodeSnapshotFooter(footer, seed);
      assert.deepEqual(decodeSnapshotFooter(bytes, seed), footer);
      assert.equal(decodeSnapshotFooter(bytes, (seed + 1) % 2 ** 32), undefined);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        assert.equal(decodeSnapshotFooter(flip(bytes, bit), seed), undefined);
      }
    }),
    { numRuns: 20 },
  );
});

test("decodeBlockHeader() gives back what was sealed, and takes no flipped bit and no other file's", () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(payload, u32, u32, (items, blockNumber, seed) => {
      const block = Uint8Array.of(...new Uint8Array(BLOCK_HEADER_BYTES), ...items);
      sealBlock(block, blockNumber, seed);
      const header = decodeBlockHeader(block, 0, seed);
      assert.equal(header?.payloadBytes, items.length);
      assert.equal(header.number, blockNumber);
      assert.equal(decodeBlockHeader(block, 0, (seed + 1) % 2 ** 32), undefined);
      for (let bit = 0; bit < BLOCK_HEADER_BYTES * 8; bit++) {
        assert.equal(decodeBlockHeader(flip(block, bit), 0, seed), undefined);
      }
    }),
    { numRuns: 20 },
  );
});
