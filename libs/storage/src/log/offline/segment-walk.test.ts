import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GROUP_HEADER_BYTES, type GroupHeader } from "../format/group-header.ts";
import { checksumSeed } from "../format/store-id.ts";
import { groupOf, LogBuilder, pathOf, STORE_ID } from "../testing/log-builder.ts";
import { SimulatedDisk } from "../testing/simulated-disk.ts";
import { type SegmentVisitor, type SkippedRange, walkSegment } from "./segment-walk.ts";
import { flipped } from "./testing/harm-files.ts";

const PATH = pathOf(1);

/** What a walk over a segment shows, as text. */
async function walked(
  bytes: Uint8Array,
  pieceBytes?: number,
  mayHaveRoom?: boolean,
): Promise<readonly string[]> {
  const files = new SimulatedDisk([[PATH, bytes]]);
  const shown: string[] = [];
  let nextSequence = 1;
  const visitor: SegmentVisitor = {
    get nextSequence() {
      return nextSequence;
    },
    group: ({ header, offsetBytes, bytes: read, start, end }) => {
      const payload = Buffer.from(read.subarray(start, end)).toString("hex");
      shown.push(`group ${header.sequence} at ${offsetBytes}: ${payload}`);
      nextSequence = Math.max(nextSequence, header.sequence + 1);
    },
    skipped: ({ offsetBytes, lengthBytes, reason }: SkippedRange) => {
      shown.push(`skipped ${lengthBytes} at ${offsetBytes}: ${reason}`);
    },
    header: ({ sequence }: GroupHeader) => void shown.push(`header ${sequence}`),
    pause: async () => {},
  };
  const seed = checksumSeed(STORE_ID);
  const segment = { path: PATH, lengthBytes: bytes.length, seed, pieceBytes, mayHaveRoom };
  await walkSegment(files, segment, visitor);
  assert.equal(files.readerCount, 0);
  return shown;
}

function segmentOf(...payloads: readonly Uint8Array[]): LogBuilder {
  const log = new LogBuilder();
  for (const payload of payloads) log.payload(payload);
  return log;
}

test("walkSegment() shows every group, and what is between them", async () => {
  const log = segmentOf(Uint8Array.of(1), Uint8Array.of(2, 2), Uint8Array.of(3));
  const bytes = log.bytes(1);
  assert.deepEqual(await walked(bytes), [
    "group 1 at 64: 01",
    "group 2 at 105: 0202",
    "group 3 at 147: 03",
  ]);
  // In the payload of the second group, and in its header.
  assert.deepEqual(await walked(flipped(bytes, 146)), [
    "group 1 at 64: 01",
    "header 2",
    "skipped 42 at 105: a group's checksum does not match",
    "group 3 at 147: 03",
  ]);
  assert.deepEqual(await walked(flipped(bytes, 110)), [
    "group 1 at 64: 01",
    "skipped 42 at 105: no sound group header begins here",
    "group 3 at 147: 03",
  ]);
  assert.deepEqual(await walked(bytes.slice(0, -1)), [
    "group 1 at 64: 01",
    "group 2 at 105: 0202",
    "header 3",
    "skipped 40 at 147: a group is cut short",
  ]);
  assert.deepEqual(await walked(bytes.slice(0, 64)), []);
  assert.deepEqual(await walked(bytes.slice(0, 10)), []);
});

test("walkSegment() takes no group that stands in a value for one of the log", async () => {
  const stored = groupOf(Uint8Array.of(9), { sequence: 1 });
  const foreign = groupOf(Uint8Array.of(9), { sequence: 9 }, new Uint8Array(16));
  const log = segmentOf(Uint8Array.of(1), Uint8Array.of(...stored, ...foreign), Uint8Array.of(3));
  const bytes = flipped(log.bytes(1), 64 + GROUP_HEADER_BYTES + 1);
  assert.deepEqual(await walked(bytes), [
    "group 1 at 64: 01",
    "header 1",
    "skipped 122 at 105: no sound group header begins here",
    "group 3 at 227: 03",
  ]);
});

test("walkSegment() shows the same however it reads the file", async () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 100 });
  const property = fc.asyncProperty(
    fc.array(payload, { maxLength: 8 }),
    fc.array(fc.nat(1000), { maxLength: 3 }),
    fc.integer({ min: 1, max: 200 }),
    async (payloads, flips, pieceBytes) => {
      let bytes = segmentOf(...payloads).bytes(1);
      for (const at of flips) if (at < bytes.length) bytes = flipped(bytes, at);
      assert.deepEqual(await walked(bytes, pieceBytes), await walked(bytes));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test("walkSegment() passes over zeros behind the last group where there may be room, and over no others", async () => {
  const bytes = segmentOf(Uint8Array.of(1), Uint8Array.of(2, 2)).bytes(1);
  const withRoom = Uint8Array.from([...bytes, ...new Uint8Array(300)]);
  const groups = await walked(bytes);
  for (const pieceBytes of [undefined, 1, 50, 100]) {
    assert.deepEqual(await walked(withRoom, pieceBytes, true), groups);
    const skipped = `skipped 300 at ${bytes.length}: no sound group header begins here`;
    assert.deepEqual(await walked(withRoom, pieceBytes), [...groups, skipped]);
    const written = withRoom.with(bytes.length + 290, 1);
    assert.deepEqual(await walked(written, pieceBytes, true), [...groups, skipped]);
  }
});
