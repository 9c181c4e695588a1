import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Field, Store } from "../../store.ts";
import type { ManualScheduler } from "../testing/manual-scheduler.ts";
import { BUCKET, openHeld } from "../testing/one-group-a-turn.ts";
import { SimulatedDisk } from "../testing/simulated-disk.ts";

const SEGMENT_BYTES = 16 * 1024;

function fieldsOf(from: number, count: number, valueBytes: number): readonly Field[] {
  return Array.from({ length: count }, (_, index) => {
    return { key: Buffer.from(`key ${from + index}`), value: new Uint8Array(valueBytes) };
  });
}

/** Lets everything that waits for a turn or a second go on, `turns` times. */
async function passTurns(scheduler: ManualScheduler, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    if (turn % 8 === 0) scheduler.passSecond();
    scheduler.endTurn();
    await setImmediate();
  }
}

/** Dead bytes beyond the limit of a half; the two segments that are being written and emptied are allowed for. */
function excessBytes(store: Store): number {
  const { deadBytes = 0, logBytes = 0 } = store.statistics();
  return deadBytes - logBytes / 2 - 2 * SEGMENT_BYTES;
}

test("at most half of the log is dead under a load that never stops, and it all stays readable", async () => {
  const disk = new SimulatedDisk();
  const limits = { segmentLimitBytes: SEGMENT_BYTES, cacheLimitBytes: 0 };
  const { store, scheduler } = await openHeld(disk, limits);
  await store.createBucket(BUCKET);
  await store.put(BUCKET, fieldsOf(0, 64, 500));
  let worst = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 200; round++) {
    await store.put(BUCKET, fieldsOf((round * 7) % 50, 8, 400 + (round % 200)));
    await passTurns(scheduler, 4);
    worst = Math.max(worst, excessBytes(store));
  }
  assert.ok(worst <= 0, `${worst} bytes too many were dead`);
  const { compaction, keys } = store.statistics();
  assert.ok((compaction?.segmentsRemoved ?? 0) > 10);
  assert.equal(keys, 64);
  for (const { key } of fieldsOf(0, 64, 0)) {
    const { outcome } = await store.get(BUCKET, key);
    assert.equal(outcome.type, "found");
  }
  const { store: again } = await openHeld(disk.afterKill(), limits);
  assert.equal(again.statistics().keys, 64);
});

test("a dropped bucket counts as dead at once; its keys and its space come back afterwards", async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, { segmentLimitBytes: SEGMENT_BYTES * 64 });
  await store.createBucket(BUCKET);
  for (let from = 0; from < 50_000; from += 1000) {
    await store.put(BUCKET, fieldsOf(from, 1000, 16));
    await passTurns(scheduler, 1);
  }
  const before = store.statistics();
  assert.ok((before.liveBytes ?? 0) > (before.deadBytes ?? 0));
  await store.dropBucket(BUCKET);
  const dropped = store.statistics();
  assert.deepEqual([dropped.keys, dropped.buckets, dropped.liveBytes], [0, 0, 0]);
  assert.equal((await store.createBucket(BUCKET)).outcome.type, "created");
  await passTurns(scheduler, 500);
  assert.ok(excessBytes(store) <= SEGMENT_BYTES * 128, "the space came back");
  assert.ok((store.statistics().logBytes ?? 0) < (before.logBytes ?? 0) / 2);
  // What the index had taken is used again.
  for (let from = 0; from < 50_000; from += 1000) {
    await store.put(BUCKET, fieldsOf(from, 1000, 16));
    await passTurns(scheduler, 1);
  }
  assert.ok(store.statistics().indexBytes <= before.indexBytes * 1.05);
});

test("a damaged segment stops compaction, loudly, and nothing of it is lost", async () => {
  const disk = new SimulatedDisk();
  const limits = { segmentLimitBytes: SEGMENT_BYTES, deadShareLimit: 1 };
  const { store, scheduler } = await openHeld(disk, limits);
  await store.createBucket(BUCKET);
  for (let round = 0; round < 20; round++) {
    await store.put(BUCKET, fieldsOf(0, 16, 200));
    await passTurns(scheduler, 1);
  }
  const segment = await disk.open("/kv/00000001.log", { file: "existing", syncsEveryWrite: true });
  await segment.write(Uint8Array.of(0xff), 500);
  const compacted = store.compact?.() ?? Promise.resolve();
  const refused = assert.rejects(compacted, { code: "STORAGE_COMPACTION_STOPPED" });
  await passTurns(scheduler, 50);
  await refused;
  assert.equal(store.statistics().compaction?.state, "stopped");
  assert.match(store.statistics().compaction?.reason ?? "", /00000001\.log" is damaged at byte/u);
  assert.ok(disk.files().has("/kv/00000001.log"));
  await store.put(BUCKET, fieldsOf(100, 1, 1));
  await passTurns(scheduler, 2);
  assert.equal(store.statistics().keys, 17);
});
