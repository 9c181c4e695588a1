import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { SimulatedDisk } from "../testing/simulated-disk.ts";
import { loadSnapshot } from "./load-snapshot.ts";
import { dumpIndex } from "./testing/dump-index.ts";
import { bytesOf, emptyIndex } from "./testing/random-index.ts";
import {
  diskWith,
  loadedFromDisk,
  loadFromDisk,
  snapshotBytes,
  STORE_ID,
  writeToDisk,
} from "./testing/write-to-disk.ts";

/** A bucket with a time, one without, and keys with and without, of `keyBytes` each. */
async function written({ keys, keyBytes }: { readonly keys: number; readonly keyBytes: number }) {
  const index = emptyIndex();
  for (const id of [1, 2]) {
    const bucket = index.createBucket(id, bytesOf(id));
    const key = new Uint8Array(keyBytes);
    for (let at = 0; at < keys; at++) {
      new DataView(key.buffer).setUint32(0, at);
      const expiresAtMs = at % 2 === 0 ? 1000 + at : Infinity;
      const fields = { expiresAtMs, segment: at, offset: at * 2, valueBytes: at * 3 };
      index.put(bucket, key, 0, key.length, { ...fields, revision: at + 3 });
    }
  }
  index.setBucketExpiresAtMs(index.bucketWithId(1), 123);
  index.lastRevision = keys + 3;
  const disk = new SimulatedDisk();
  await writeToDisk(disk, index);
  return { disk, index, bytes: snapshotBytes(disk) };
}

async function assertUnusable(bytes: Uint8Array, what: string): Promise<void> {
  const reading = await loadFromDisk(diskWith(bytes));
  assert.equal(reading.type, "unusable", what);
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
  return changed;
}

test("loadSnapshot() tells where the log goes on", async () => {
  const { disk, index } = await written({ keys: 5, keyBytes: 4 });
  const { index: loaded, ...about } = await loadedFromDisk(disk);
  assert.deepEqual(about, {
    type: "snapshot",
    storeId: STORE_ID,
    from: { segment: 7, offsetBytes: 4096, sequence: 11, lastRevision: 8 },
    endSequence: 12,
    firstSegment: 3,
    keys: 10,
  });
  assert.equal(dumpIndex(loaded), dumpIndex(index));
});

test("loadSnapshot() takes no snapshot in which any byte has changed", async () => {
  const { bytes } = await written({ keys: 3, keyBytes: 4 });
  for (let at = 0; at < bytes.length; at++) await assertUnusable(flip(bytes, at), `byte ${at}`);
});

test("loadSnapshot() takes no snapshot that was cut off, lengthened, or has lost bytes", async () => {
  const { bytes } = await written({ keys: 3, keyBytes: 4 });
  for (let length = 0; length < bytes.length; length++) {
    await assertUnusable(bytes.subarray(0, length), `cut at ${length}`);
    const zeros = Uint8Array.from(bytes).fill(0, length);
    await assertUnusable(zeros, `zeros from ${length}`);
    const without = Uint8Array.of(...bytes.subarray(0, length), ...bytes.subarray(length + 1));
    await assertUnusable(without, `without byte ${length}`);
  }
  await assertUnusable(Uint8Array.of(...bytes, 0), "lengthened");
});

test("loadSnapshot() reads blocks across its pieces, and takes none out of place", async () => {
  const { disk, index, bytes } = await written({ keys: 400, keyBytes: 12_000 });
  assert.ok(bytes.length > 8 * 1024 * 1024, "two pieces and a part of a third");
  const progress: number[] = [];
  const reading = await loadSnapshot({
    files: disk,
    directory: "/kv",
    makeIndex: () => emptyIndex(),
    onProgress: ({ keys, ofKeys }) => {
      assert.equal(ofKeys, 800);
      progress.push(keys);
    },
  });
  assert.ok(reading.type === "snapshot");
  assert.equal(dumpIndex(reading.index), dumpIndex(index));
  assert.equal(progress.length, 3);

  const blocks = blocksOf(bytes);
  assert.ok(blocks.length > 10);
  const [header, footer] = [bytes.subarray(0, 76), bytes.subarray(-36)];
  const file = (parts: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([header, ...parts, footer]);
  assert.equal((await loadFromDisk(diskWith(file(blocks)))).type, "snapshot");
  await assertUnusable(file(blocks.toSpliced(3, 1)), "a block is missing");
  await assertUnusable(file(blocks.slice(0, -1)), "the last block is missing");
  await assertUnusable(file(blocks.slice(1)), "the first block is missing");
  await assertUnusable(file([...blocks, ...blocks.slice(-1)]), "the last block is there twice");
  const [one, other] = blocks.slice(2);
  if (one === undefined || other === undefined) throw new Error("There are no blocks");
  await assertUnusable(file(blocks.toSpliced(2, 2, other, one)), "two blocks are exchanged");
  await assertUnusable(
    file(blocks.toSpliced(2, 1, other)),
    "one block is there instead of another",
  );
  await assertUnusable(file([...blocks, new Uint8Array(15)]), "zeros behind the blocks");
  for (let at = 40; at < bytes.length; at += 500_009)
    await assertUnusable(flip(bytes, at), `${at}`);
  for (let at = 1; at < bytes.length; at += 500_009) {
    await assertUnusable(bytes.subarray(0, at), `cut at ${at}`);
  }
});

test("loadSnapshot() takes no block of another snapshot of the store", async () => {
  const one = await written({ keys: 30, keyBytes: 12_000 });
  const disk = new SimulatedDisk();
  const from = { segment: 8, offsetBytes: 64, sequence: 12, lastRevision: 33 };
  await writeToDisk(disk, one.index, { from });
  const other = snapshotBytes(disk);
  assert.equal(other.length, one.bytes.length);
  const [mine, theirs] = [blocksOf(one.bytes), blocksOf(other)];
  const mixed = [
    one.bytes.subarray(0, 76),
    mine[0] ?? other,
    ...theirs.slice(1),
    one.bytes.subarray(-36),
  ];
  await assertUnusable(Buffer.concat(mixed), "a block of another");
  await assertUnusable(
    Buffer.concat([one.bytes.subarray(0, 76), other.subarray(76)]),
    "another's all",
  );
});

test("loadSnapshot() names the version of a snapshot that is newer than it", async () => {
  const { bytes } = await written({ keys: 1, keyBytes: 4 });
  const newer = Uint8Array.from(bytes);
  const view = new DataView(newer.buffer);
  view.setUint32(4, 99, true);
  view.setUint32(72, crc32(newer.subarray(0, 72)), true);
  const reading = await loadFromDisk(diskWith(newer));
  assert.ok(reading.type === "unusable");
  assert.match(reading.reason, /^it has format version 99, not \d+$/u);
});

test("loadSnapshot() finds a snapshot unusable that the disk does not give", async () => {
  const { bytes } = await written({ keys: 1, keyBytes: 4 });
  for (let nth = 1; nth <= 3; nth++) {
    const disk = diskWith(bytes);
    let reads = 0;
    disk.faults = ({ type }) =>
      type === "read" && ++reads === nth ? { type: "error", code: "EIO" } : undefined;
    assert.deepEqual(await loadFromDisk(disk), {
      type: "unusable",
      reason: "the disk reports an input/output error (EIO)",
    });
  }
});

test("loadSnapshot() goes on after short reads", async () => {
  const { bytes, index } = await written({ keys: 100, keyBytes: 4 });
  const disk = diskWith(bytes);
  disk.faults = ({ type }) => (type === "read" ? { type: "short", bytes: 7 } : undefined);
  assert.equal(dumpIndex((await loadedFromDisk(disk)).index), dumpIndex(index));
});

/** The blocks of a snapshot file. */
function blocksOf(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const blocks: Uint8Array[] = [];
  for (let at = 76; at < bytes.length - 36; ) {
    const end = at + 16 + view.getUint32(at, true);
    blocks.push(bytes.subarray(at, end));
    at = end;
  }
  return blocks;
}
