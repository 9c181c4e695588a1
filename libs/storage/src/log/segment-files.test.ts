import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { SegmentFiles } from "./segment-files.ts";
import { isSystemError } from "./system-reason.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const CONTENT = Uint8Array.of(10, 11, 12, 13, 14);
const FIRST = "/kv/00000001.log";
const SECOND = "/kv/00000002.log";

interface Scene {
  readonly disk: SimulatedDisk;
  readonly segments: SegmentFiles;
  /** What was asked of the disk, in order. */
  readonly calls: readonly string[];
}

function setUp(): Scene {
  const disk = new SimulatedDisk([
    [FIRST, CONTENT],
    [SECOND, CONTENT],
  ]);
  const calls: string[] = [];
  disk.faults = ({ type }) => {
    calls.push(type);
    return undefined;
  };
  return { disk, segments: new SegmentFiles({ files: disk, directory: "/kv" }), calls };
}

test("read() returns a fresh array of the bytes asked for", async () => {
  const { segments } = setUp();
  const bytes = await segments.read(1, 1, 3);
  assert.deepEqual(bytes, Uint8Array.of(11, 12, 13));
  bytes.fill(0);
  assert.deepEqual(await segments.read(1, 1, 3), Uint8Array.of(11, 12, 13));
  assert.deepEqual(await segments.read(1, 4, 0), new Uint8Array());
});

test("read() returns what there is when the file ends before", async () => {
  const { segments } = setUp();
  assert.deepEqual(await segments.read(1, 3, 8), Uint8Array.of(13, 14));
  assert.deepEqual(await segments.read(1, 9, 8), new Uint8Array());
});

test("read() goes on after short reads and rejects when the disk fails", async () => {
  const { disk, segments } = setUp();
  disk.faults = ({ type }) => (type === "read" ? { type: "short", bytes: 2 } : undefined);
  assert.deepEqual(await segments.read(1, 0, 5), CONTENT);
  disk.faults = () => ({ type: "error", code: "EIO" });
  await assert.rejects(segments.read(1, 0, 5), (error) => isSystemError(error, "EIO"));
  await assert.rejects(segments.read(2, 0, 5), (error) => isSystemError(error, "EIO"));
  disk.faults = () => undefined;
  assert.deepEqual(await segments.read(2, 0, 5), CONTENT);
});

test("remove() waits for a read that has only been asked for, then closes, unlinks and syncs", async () => {
  const { disk, segments, calls } = setUp();
  const read = segments.read(1, 0, 5);
  const removed = segments.remove(1);
  assert.deepEqual(await read, CONTENT);
  await removed;
  assert.deepEqual(calls, ["open-for-reading", "read", "remove", "sync-directory"]);
  assert.deepEqual([...disk.files().keys()], [SECOND]);
  assert.equal(disk.readerCount, 0);
  assert.equal(segments.openCount, 0);
});

test("remove() waits for a read under way", async () => {
  const { disk, segments } = setUp();
  disk.holdReads();
  const read = segments.read(1, 0, 5);
  const removed = segments.remove(1);
  await setImmediate();
  assert.ok(disk.files().has(FIRST));
  disk.releaseReads();
  await removed;
  assert.deepEqual(await read, CONTENT);
});

test("remove() waits for every pin, whose holders may go on reading", async () => {
  const { disk, segments } = setUp();
  const pins = [segments.pin(1), segments.pin(1)];
  const removed = segments.remove(1);
  pins[0]?.[Symbol.dispose]();
  pins[0]?.[Symbol.dispose]();
  await setImmediate();
  assert.deepEqual(await segments.read(1, 0, 5), CONTENT);
  await setImmediate();
  assert.ok(disk.files().has(FIRST));
  pins[1]?.[Symbol.dispose]();
  await removed;
  assert.ok(!disk.files().has(FIRST));
});

test("a segment whose removal was asked for is neither read nor pinned any more", async () => {
  const { segments } = setUp();
  const removed = segments.remove(1);
  await assert.rejects(segments.read(1, 0, 5), /Segment 1 is being removed/u);
  assert.throws(() => segments.pin(1), /Segment 1 is being removed/u);
  assert.equal(segments.remove(1), removed);
  assert.deepEqual(await segments.read(2, 0, 5), CONTENT);
  await removed;
  await assert.rejects(segments.read(1, 0, 5), (error) => isSystemError(error, "ENOENT"));
});

test("a removal that failed may be asked for again, even when the name was gone by then", async () => {
  const { disk, segments } = setUp();
  for (const failing of ["remove", "sync-directory"]) {
    disk.faults = ({ type }) => (type === failing ? { type: "error", code: "EIO" } : undefined);
    await assert.rejects(segments.remove(1), (error) => isSystemError(error, "EIO"));
  }
  disk.faults = () => undefined;
  await segments.remove(1);
  assert.ok(
    !disk
      .afterPowerCut(512, () => 0)
      .files()
      .has(FIRST),
  );
});

test("close() waits for reads and removals under way, and nothing is read afterwards", async () => {
  const { disk, segments } = setUp();
  disk.holdReads();
  const read = segments.read(1, 0, 5);
  const removed = segments.remove(2);
  const closed = segments.close();
  assert.equal(segments.close(), closed);
  await setImmediate();
  assert.equal(disk.readerCount, 1);
  disk.releaseReads();
  await closed;
  assert.equal(disk.readerCount, 0);
  assert.deepEqual([...disk.files().keys()], [FIRST]);
  assert.deepEqual(await read, CONTENT);
  await removed;
  await assert.rejects(segments.read(1, 0, 5), /closed/u);
});
