import assert from "node:assert/strict";
import { test } from "node:test";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { rewriteEnd } from "./rewrite-end.ts";
import {
  BUCKET,
  endTurn,
  type HeldStore,
  KEY,
  openHeld,
  stateOn,
  writeGroups,
} from "./testing/one-group-a-turn.ts";
import { dump } from "./testing/perform.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const FIRST = "/kv/00000001.log";
const SECOND = "/kv/00000002.log";

/** Puts, and tells whether that was acknowledged. */
async function put({ store, scheduler }: HeldStore, text: string): Promise<boolean> {
  const { durable } = await store.put(BUCKET, [
    { key: KEY, value: new TextEncoder().encode(text) },
  ]);
  await endTurn(scheduler);
  return Promise.resolve(durable).then(
    () => true,
    () => false,
  );
}

/** Lets the next sync of the file at `path` fail, and no other. */
function failOneSync(disk: SimulatedDisk, path: string): void {
  let isDone = false;
  disk.faults = (call) => {
    if (isDone || call.type !== "sync" || call.path !== path) return undefined;
    isDone = true;
    return { type: "error", code: "EIO" };
  };
}

/** A process takes over after a failed sync, acknowledges two puts, syncs, and the power fails. */
async function assertRestartIsSafe(disk: SimulatedDisk, sync: "always" | "everysec") {
  const restarted = disk.afterKill();
  const held = await openHeld(restarted, { sync, segmentLimitBytes: 250, deadShareLimit: 1 });
  const found = await dump(held.store);
  const atOnce = restarted.afterPowerCut(64, () => 0);
  assert.equal(await stateOn(atOnce), found, "what an opening found is on the disk");
  assert.ok(await put(held, "after the restart"));
  assert.ok(await put(held, "and once more"));
  held.scheduler.passSecond();
  await endTurn(held.scheduler);
  const acknowledged = await dump(held.store);
  assert.equal(await stateOn(restarted.afterPowerCut(64, () => 0)), acknowledged);
}

test('a restart after a failed sync does not trust what the system has in memory, sync "everysec"', async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, {
    sync: "everysec",
    segmentLimitBytes: 250,
    deadShareLimit: 1,
  });
  await writeGroups(held, 2);
  failOneSync(disk, FIRST);
  held.scheduler.passSecond();
  await endTurn(held.scheduler);
  assert.throws(() => held.store.createBucket(KEY), /takes no writes/u);
  await assertRestartIsSafe(disk, "everysec");
});

test('a restart after a failed sync does not trust what the system has in memory, sync "always"', async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk);
  await writeGroups(held, 2);
  failOneSync(disk, FIRST);
  assert.equal(await put(held, "unknown"), false);
  await assertRestartIsSafe(disk, "always");
});

/** A store whose second segment could not be begun: the sync of its header has failed. */
async function segmentNotBegun(faults: (disk: SimulatedDisk) => void): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { segmentLimitBytes: 1, deadShareLimit: 1 });
  await writeGroups(held, 1);
  faults(disk);
  assert.equal(await put(held, "unknown"), false);
  return disk;
}

test("a segment that could not be begun is removed again", async () => {
  const disk = await segmentNotBegun((fresh) => failOneSync(fresh, SECOND));
  assert.deepEqual([...disk.files().keys()], [FIRST]);
  await assertRestartIsSafe(disk, "always");
});

test("a segment that could neither be begun nor removed does no harm", async () => {
  const disk = await segmentNotBegun((fresh) => {
    fresh.faults = ({ type, path }) =>
      (type === "sync" && path === SECOND) || type === "remove"
        ? { type: "error", code: "EIO" }
        : undefined;
  });
  assert.ok(disk.files().has(SECOND));
  disk.faults = () => undefined;
  await assertRestartIsSafe(disk, "always");
});

test("an opening whose own sync fails leaves the next one to write again", async () => {
  const disk = new SimulatedDisk();
  await writeGroups(await openHeld(disk, { sync: "everysec" }), 2);
  const second = disk.afterKill();
  failOneSync(second, FIRST);
  await assert.rejects(openHeld(second));
  await assertRestartIsSafe(second, "everysec");
});

test("rewriteEnd() writes what no header vouches for, and nothing before it", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk);
  const ends: number[] = [];
  for (let round = 0; round < 3; round++) {
    await writeGroups(held, 1);
    ends.push(disk.files().get(FIRST)?.length ?? 0);
  }
  const [first = 0, second = 0, last = 0] = ends;
  const bytes = disk.files().get(FIRST) ?? new Uint8Array();
  const starts = [SEGMENT_HEADER_BYTES, first, second, last];
  for (const [vouchedSequence, start] of starts.entries()) {
    const blank = new SimulatedDisk([[FIRST, new Uint8Array(last)]]);
    const end = { segment: 1, lengthBytes: last, sequence: 3 };
    await rewriteEnd(blank, "/kv", { bytes, end, vouchedSequence });
    const rewritten = blank.afterPowerCut(64, () => 0).files();
    const expected = Uint8Array.from(bytes).fill(0, 0, start);
    assert.deepEqual(rewritten.get(FIRST), expected, `vouched for: ${vouchedSequence}`);
  }
  const empty = new SimulatedDisk([[FIRST, new Uint8Array(SEGMENT_HEADER_BYTES)]]);
  const end = { segment: 1, lengthBytes: SEGMENT_HEADER_BYTES, sequence: 0 };
  await rewriteEnd(empty, "/kv", { bytes, end, vouchedSequence: 0 });
  assert.deepEqual(empty.files().get(FIRST), bytes.slice(0, SEGMENT_HEADER_BYTES));
});
