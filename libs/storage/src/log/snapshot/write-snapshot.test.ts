import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KeyIndex } from "../../key-index/key-index.ts";
import { isSystemError } from "../system-reason.ts";
import { seededDraw } from "../testing/seeded-draw.ts";
import { type DiskCall, SimulatedDisk } from "../testing/simulated-disk.ts";
import { dumpIndex } from "./testing/dump-index.ts";
import {
  anyChange,
  bytesOf,
  emptyIndex,
  type Made,
  make,
  NOW_MS,
  replay,
} from "./testing/random-index.ts";
import {
  loadedFromDisk,
  loadFromDisk,
  snapshotBytes,
  writeToDisk,
} from "./testing/write-to-disk.ts";
import { removeUnfinishedSnapshot } from "./write-snapshot.ts";

/** An index of one bucket with `count` keys of eight bytes. */
function indexOf(count: number): KeyIndex {
  const index = emptyIndex();
  const bucket = index.createBucket(1, bytesOf(1));
  const key = new Uint8Array(8);
  for (let at = 0; at < count; at++) {
    new DataView(key.buffer).setUint32(0, at);
    const fields = { expiresAtMs: Infinity, segment: 1, offset: at, valueBytes: 1 };
    index.put(bucket, key, 0, key.length, { ...fields, revision: at + 2 });
  }
  index.lastRevision = count + 1;
  return index;
}

function sweptDump(index: KeyIndex): string {
  index.sweep(NOW_MS, Number.MAX_SAFE_INTEGER);
  return dumpIndex(index);
}

test("writeSnapshot() brings an index that stands still to the disk as it is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyChange, { maxLength: 80, size: "max" }),
      fc.boolean(),
      async (changes, isHashWeak) => {
        const index = emptyIndex(isHashWeak);
        for (const change of changes) make(index, change);
        const disk = new SimulatedDisk();
        const result = await writeToDisk(disk, index);
        const { keyCount: keys, bucketCount: buckets } = index;
        const fileBytes = snapshotBytes(disk).length;
        assert.deepEqual(result, { endSequence: 12, buckets, keys, fileBytes });
        const loaded = await loadedFromDisk(disk, isHashWeak);
        assert.equal(dumpIndex(loaded.index), dumpIndex(index));
        assert.equal(loaded.keys, keys);
      },
    ),
    { numRuns: 300 },
  );
});

test("writeSnapshot() leaves with the log what changes while it is written", async () => {
  const life = fc.record({
    before: fc.array(anyChange, { maxLength: 80, size: "max" }),
    during: fc.array(anyChange, { maxLength: 60, size: "max" }),
    perTurn: fc.integer({ min: 1, max: 8 }),
    sliceItems: fc.integer({ min: 1, max: 6 }),
    isHashWeak: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(life, async ({ before, during, perTurn, sliceItems, isHashWeak }) => {
      const index = emptyIndex(isHashWeak);
      for (const change of before) make(index, change);
      const log: Made[] = [];
      const left = during.values();
      const turn = async (): Promise<void> => {
        for (const change of left.take(perTurn)) {
          const made = make(index, change);
          if (made !== undefined) log.push(made);
        }
      };
      const disk = new SimulatedDisk();
      await writeToDisk(disk, index, { turn, sliceItems });
      const { index: loaded } = await loadedFromDisk(disk, isHashWeak);
      for (const made of log) replay(loaded, made);
      // A key that was swept has left its revision with its bucket, and nothing in the log: only
      // who waits for the disk asks for it, and after a start nobody has to.
      const isSwept = during.some(({ type }) => type === "sweep");
      const shown = (dump: string): string =>
        isSwept ? dump.replaceAll(/"removal":"\d+"/gu, "") : dump;
      assert.equal(shown(sweptDump(loaded)), shown(sweptDump(index)));
    }),
    { numRuns: 500 },
  );
});

test("writeSnapshot() goes on behind a bucket that is dropped in mid-scan, and its reference given away", async () => {
  const index = indexOf(100);
  const dropped = index.bucketNamed(bytesOf(1));
  let made = 0;
  const turn = async (): Promise<void> => {
    if (++made !== 2) return;
    index.dropBucket(dropped);
    while (index.reclaim(1000));
    const next = index.createBucket(500, bytesOf(2));
    assert.equal(
      next,
      dropped,
      "the reference has to be used again for this test to test anything",
    );
    index.put(next, bytesOf(3), 0, bytesOf(3).length, {
      revision: 501,
      expiresAtMs: Infinity,
      segment: 1,
      offset: 1,
      valueBytes: 1,
    });
  };
  const disk = new SimulatedDisk();
  const result = await writeToDisk(disk, index, { turn, sliceItems: 10 });
  assert.deepEqual({ buckets: result.buckets, keys: result.keys }, { buckets: 1, keys: 9 });
  const { index: loaded } = await loadedFromDisk(disk);
  assert.equal(loaded.bucketKeyCount(loaded.bucketWithId(1)), 9);
});

test("writeSnapshot() sees one bucket of a name, however often it is made again", async () => {
  const index = emptyIndex();
  const names = Array.from({ length: 40 }, (_, at) => Uint8Array.of(at));
  for (const [at, name] of names.entries()) index.createBucket(at + 1, name);
  index.lastRevision = 40;
  const turn = async (): Promise<void> => {
    for (const name of names) {
      index.dropBucket(index.bucketNamed(name));
      index.createBucket(++index.lastRevision, name);
    }
  };
  const disk = new SimulatedDisk();
  await writeToDisk(disk, index, { turn, sliceItems: 1 });
  assert.equal((await loadedFromDisk(disk)).type, "snapshot");
});

test("writeSnapshot() does a bounded slice between two turns", async () => {
  const index = indexOf(5000);
  const seen: number[] = [];
  const onProgress = ({ keys, ofKeys }: { keys: number; ofKeys: number }): void => {
    assert.equal(ofKeys, 5000);
    seen.push(keys);
  };
  await writeToDisk(new SimulatedDisk(), index, { onProgress });
  assert.equal(seen.at(-1), 5000);
  for (const [at, keys] of seen.entries()) assert.ok(keys - (seen[at - 1] ?? 0) <= 500);
});

test("writeSnapshot() copies few keys in a slice when they are long", async () => {
  const index = emptyIndex();
  const bucket = index.createBucket(1, bytesOf(1));
  for (let at = 0; at < 100; at++) {
    const key = new Uint8Array(60_000).fill(at);
    const fields = { expiresAtMs: Infinity, segment: 1, offset: 1, valueBytes: 1 };
    index.put(bucket, key, 0, key.length, { ...fields, revision: at + 2 });
  }
  const seen: number[] = [];
  const disk = new SimulatedDisk();
  await writeToDisk(disk, index, { onProgress: ({ keys }) => seen.push(keys) });
  for (const [at, keys] of seen.entries()) assert.ok(keys - (seen[at - 1] ?? 0) <= 6);
  assert.equal(dumpIndex((await loadedFromDisk(disk)).index), dumpIndex(index));
});

test("writeSnapshot() leaves the snapshot before it in place when it is given up at any moment", async () => {
  const index = indexOf(50);
  const disk = new SimulatedDisk();
  await writeToDisk(disk, index);
  const before = disk.files();
  for (let turns = 1; turns <= 7; turns++) {
    const giveUp = new AbortController();
    let left = turns;
    const step = (): void => {
      if (--left === 0) giveUp.abort();
    };
    const turn = async (): Promise<void> => step();
    const settle = async (): Promise<number> => {
      step();
      return 1;
    };
    const writing = writeToDisk(disk, index, {
      turn,
      settle,
      sliceItems: 10,
      signal: giveUp.signal,
    });
    await assert.rejects(writing, { name: "AbortError" });
    assert.equal(left, 0, `something went on behind turn ${turns}`);
    assert.deepEqual(disk.files(), before, `given up in turn ${turns}`);
  }
  await assert.rejects(writeToDisk(disk, index, { signal: AbortSignal.abort() }));
  assert.deepEqual(disk.files(), before);
});

test("writeSnapshot() gives up when what it has seen does not come to the disk", async () => {
  const index = indexOf(50);
  const disk = new SimulatedDisk();
  await writeToDisk(disk, index);
  const before = disk.files();
  const failure = new Error("the log failed");
  const settle = (): Promise<number> => Promise.reject(failure);
  await assert.rejects(writeToDisk(disk, index, { settle }), failure);
  assert.deepEqual(disk.files(), before);
});

test("writeSnapshot() leaves the snapshot before it in place whatever the disk refuses", async () => {
  const index = indexOf(50);
  const types: readonly DiskCall["type"][] = ["open", "write", "sync", "rename"];
  for (const type of types) {
    for (let nth = 1; nth <= 3; nth++) {
      const disk = new SimulatedDisk();
      await writeToDisk(disk, index);
      const before = disk.files();
      let calls = 0;
      disk.faults = (call) =>
        call.type === type && ++calls === nth ? { type: "error", code: "ENOSPC" } : undefined;
      const writing = writeToDisk(disk, index, { sliceItems: 10 });
      if (
        calls < nth &&
        (await writing.then(
          () => true,
          () => false,
        ))
      )
        continue;
      await assert.rejects(writing, (error) => isSystemError(error, "ENOSPC"));
      assert.deepEqual(disk.files(), before, `${type} ${nth}`);
    }
  }
});

test("writeSnapshot() goes on after a short write", async () => {
  const index = indexOf(300);
  const disk = new SimulatedDisk();
  let calls = 0;
  disk.faults = ({ type }) =>
    type === "write" && calls++ % 2 === 0 ? { type: "short", bytes: 11 } : undefined;
  await writeToDisk(disk, index, { sliceItems: 10 });
  assert.equal(dumpIndex((await loadedFromDisk(disk)).index), dumpIndex(index));
});

test("a disk that refuses to remove an unfinished snapshot does not hide why it is one", async () => {
  const disk = new SimulatedDisk();
  disk.faults = ({ type }) => {
    if (type === "write") return { type: "error", code: "ENOSPC" };
    return type === "remove" ? { type: "error", code: "EIO" } : undefined;
  };
  await assert.rejects(writeToDisk(disk, indexOf(1)), (error) => isSystemError(error, "ENOSPC"));
  assert.deepEqual([...disk.files().keys()], ["/kv/SNAPSHOT.new"]);
  disk.faults = () => undefined;
  await removeUnfinishedSnapshot(disk, "/kv");
  await removeUnfinishedSnapshot(disk, "/kv");
  assert.equal(disk.files().size, 0);
});

test("a power cut at any moment leaves the snapshot before it, or the new one", async () => {
  const older = indexOf(20);
  const newer = indexOf(50);
  for (let seed = 1; seed <= 100; seed++) {
    const disk = new SimulatedDisk();
    await writeToDisk(disk, older);
    let call = 0;
    const images: SimulatedDisk[] = [];
    disk.faults = () => {
      if (call++ % 3 === seed % 3) images.push(disk.afterPowerCut(64, seededDraw(seed + call)));
      return undefined;
    };
    await writeToDisk(disk, newer, { sliceItems: 10 });
    for (const image of images) {
      const { keys } = await loadedFromDisk(image);
      assert.ok(keys === 20 || keys === 50);
    }
    const { keys } = await loadedFromDisk(disk.afterPowerCut(64, () => 0));
    assert.equal(keys, 50);
  }
});

test("a snapshot that was never written is none", async () => {
  assert.deepEqual(await loadFromDisk(new SimulatedDisk()), { type: "none" });
});
