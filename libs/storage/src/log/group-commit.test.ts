import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex } from "../key-index/key-index.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupGatherer } from "./group-gatherer.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { ManualScheduler } from "./testing/manual-scheduler.ts";
import { BUCKET, endTurn, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { type DiskCall, SimulatedDisk } from "./testing/simulated-disk.ts";

/** Group commit alone on a disk, with the scheduler that ends its turns. */
async function bareCommits() {
  const disk = new SimulatedDisk();
  const scheduler = new ManualScheduler();
  const where = { files: disk, directory: "/kv", storeId: new Uint8Array(16) };
  const end = { segment: 0, lengthBytes: 0, sequence: 0 };
  const how = {
    ...where,
    syncsEveryWrite: true,
    syncsFirstGroup: false,
    clock: () => 0,
    mayStandStill: () => false,
  };
  const segments = await SegmentWriter.open(how, { end, segments: [] });
  const index = new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: 0 });
  const limits = { firstSegment: 1, segmentLimitBytes: 1e6 };
  const gatherer = new GroupGatherer({ ...limits, index, end: segments.end });
  const parts = { path: "/kv", gatherer, segments, scheduler, lastRevision: 0 };
  return { commits: new GroupCommit(parts), disk, scheduler };
}

const VALUE = Uint8Array.of(1);
const FIELDS = [{ key: KEY, value: VALUE }];

/** An open store with one bucket, durable, that notes what is asked of its disk from then on. */
async function storeWithBucket(sync: "always" | "everysec" | "never" = "always") {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { sync });
  await held.store.createBucket(BUCKET);
  await endTurn(held.scheduler);
  const calls: DiskCall["type"][] = [];
  disk.faults = ({ type }) => void calls.push(type);
  return { ...held, disk, calls };
}

test("a turn's mutations share one promise and one write", async () => {
  const { store, scheduler, calls } = await storeWithBucket();
  const first = await store.put(BUCKET, FIELDS);
  const second = await store.put(BUCKET, FIELDS);
  assert.ok(first.durable !== undefined);
  assert.equal(first.durable, second.durable);
  await endTurn(scheduler);
  await first.durable;
  // On a descriptor that syncs every write the sync is part of the write.
  assert.deepEqual(calls, ["write", "sync"]);
});

test("what arrives during a write joins the next group, written as soon as that write ends", async () => {
  const { store, scheduler, disk, calls } = await storeWithBucket();
  disk.hold();
  const first = await store.put(BUCKET, FIELDS);
  await endTurn(scheduler);
  const second = await store.put(BUCKET, FIELDS);
  const third = await store.put(BUCKET, FIELDS);
  assert.notEqual(first.durable, second.durable);
  assert.equal(second.durable, third.durable);
  assert.equal(calls.filter((type) => type === "write").length, 1);
  disk.release();
  // No turn is ended: the second group needs none.
  await second.durable;
  assert.equal(calls.filter((type) => type === "write").length, 2);
});

test("an answer waits for the mutation it rests on and for no other", async () => {
  const { store, scheduler, disk } = await storeWithBucket();
  const other = Uint8Array.of(0x6f);
  await store.put(BUCKET, FIELDS);
  await endTurn(scheduler);
  disk.hold();
  const put = await store.put(BUCKET, [{ key: other, value: VALUE }]);

  assert.equal((await store.get(BUCKET, KEY)).durable, undefined, "a key that is safe");
  assert.equal((await store.get(BUCKET, Uint8Array.of(0))).durable, undefined, "a key never there");
  assert.equal((await store.get(other, KEY)).durable, undefined, "a bucket never there");
  assert.equal((await store.get(BUCKET, other)).durable, put.durable, "the key just put");
  assert.equal((await store.listKeys(BUCKET)).durable, put.durable, "the list it stands in");
  assert.equal((await store.createBucket(BUCKET)).durable, put.durable, "the bucket's revision");
  assert.equal((await store.expire(BUCKET, Uint8Array.of(0), 1)).durable, put.durable);

  const gone = await store.delete(BUCKET, [KEY]);
  assert.equal((await store.get(BUCKET, KEY)).durable, gone.durable, "the key just deleted");
  const dropped = await store.dropBucket(BUCKET);
  assert.equal((await store.get(BUCKET, KEY)).durable, dropped.durable, "the bucket just dropped");
  assert.equal((await store.listBuckets()).durable, dropped.durable);
});

test("a key or bucket that lapses by a time not yet safe is not said to be gone before it is", async () => {
  const { store, disk } = await storeWithBucket();
  disk.hold();
  await store.put(BUCKET, FIELDS);
  const lapsed = await store.expire(BUCKET, KEY, -1);
  const missing = await store.get(BUCKET, KEY);
  assert.deepEqual(missing, { outcome: { type: "missing" }, durable: lapsed.durable });
  const gone = await store.expire(BUCKET, undefined, -1);
  const absent = await store.get(BUCKET, KEY);
  assert.deepEqual(absent, { outcome: { type: "no-bucket" }, durable: gone.durable });
});

test("what is there only by a longer life not yet safe is not shown before that is", async () => {
  let nowMs = 0;
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, { clock: () => nowMs });
  await store.createBucket(BUCKET);
  await store.put(BUCKET, FIELDS);
  await store.expire(BUCKET, undefined, 100);
  await endTurn(scheduler);
  disk.hold();
  const longer = await store.expire(BUCKET, undefined, 200);
  nowMs = 150;
  const { outcome, durable } = await store.get(BUCKET, KEY);
  assert.equal(outcome.type, "found");
  assert.equal(durable, longer.durable);
  assert.equal((await store.get(BUCKET, Uint8Array.of(0))).durable, longer.durable);
});

test('sync "everysec" acknowledges after the write and syncs each second, if there is something', async () => {
  const { store, scheduler, calls } = await storeWithBucket("everysec");
  const { durable } = await store.put(BUCKET, FIELDS);
  await endTurn(scheduler);
  await durable;
  assert.deepEqual(calls, ["write"]);
  scheduler.passSecond();
  await endTurn(scheduler);
  scheduler.passSecond();
  await endTurn(scheduler);
  assert.deepEqual(calls, ["write", "sync"]);
});

test('sync "never" syncs a segment only when it is full and when the store is closed', async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, {
    sync: "never",
    segmentLimitBytes: 1,
    deadShareLimit: 1,
  });
  const calls: string[] = [];
  disk.faults = ({ type, path }) => void calls.push(`${type} ${path}`);
  for (let turn = 0; turn < 2; turn++) {
    await store.createBucket(BUCKET);
    await store.put(BUCKET, FIELDS);
    scheduler.passSecond();
    await endTurn(scheduler);
  }
  assert.equal(calls.filter((call) => call === "sync /kv/00000001.log").length, 1);
  // The header of a new segment is synced, and nothing in it.
  assert.equal(calls.filter((call) => call === "sync /kv/00000002.log").length, 1);
  await store[Symbol.asyncDispose]();
  assert.equal(calls.filter((call) => call === "sync /kv/00000002.log").length, 2);
});

test("flush() rejects after a final failure, also when something was appended behind it", async () => {
  const { commits, disk, scheduler } = await bareCommits();
  disk.faults = ({ type }) => (type === "write" ? { type: "error", code: "EIO" } : undefined);
  const first = commits.append([{ type: "trim", firstSegment: 1 }]);
  await endTurn(scheduler);
  await assert.rejects(first.durable, { code: "STORAGE_WRITE_UNKNOWN" });
  // Compaction does not ask before each of its copies.
  const second = commits.append([{ type: "trim", firstSegment: 1 }]);
  await assert.rejects(second.durable, { code: "STORAGE_READ_ONLY" });
  await assert.rejects(second.written, { code: "STORAGE_READ_ONLY" });
  await assert.rejects(commits.flush(), { code: "STORAGE_WRITE_UNKNOWN" });
});

test("flush() rejects while the disk is full, also when something was appended behind that, which is written later", async () => {
  const { commits, disk, scheduler } = await bareCommits();
  disk.faults = ({ type }) => (type === "write" ? { type: "error", code: "ENOSPC" } : undefined);
  const first = commits.append([{ type: "trim", firstSegment: 1 }]);
  await endTurn(scheduler);
  await assert.rejects(first.durable, { code: "STORAGE_WRITE_UNKNOWN" });
  // Compaction does not ask before each of its copies. Nothing of it is tried again before a second has passed.
  const second = commits.append([{ type: "trim", firstSegment: 1 }]);
  await assert.rejects(second.written, { code: "STORAGE_WRITE_UNKNOWN" });
  await assert.rejects(commits.flush(), { code: "STORAGE_WRITE_UNKNOWN" });
  disk.faults = () => undefined;
  commits.retry();
  await commits.drain();
  assert.equal(commits.failure, undefined);
  assert.equal(await commits.flush(), second.place.sequence);
});

test("flush() does not wait for an acknowledgement that is held back", async () => {
  const { commits, scheduler } = await bareCommits();
  commits.acknowledgements.holdsBack = () => true;
  const group = commits.append([{ type: "trim", firstSegment: 1 }]);
  let isHeard = false;
  const hear = async (): Promise<void> => {
    await group.durable;
    isHeard = true;
  };
  const hearing = hear();
  const flushing = commits.flush();
  await endTurn(scheduler);
  assert.equal(await flushing, 1);
  assert.equal(isHeard, false);
  commits.acknowledgements.release();
  await hearing;
});
