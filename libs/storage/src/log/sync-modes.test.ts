import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { LogStoreOptions, SyncMode } from "./open-log-store.ts";
import { BUCKET, endTurn, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

/** The last value that is found after an end of the machine, of `count` that were put and acknowledged. */
async function lastValue(disk: SimulatedDisk): Promise<number> {
  const { store } = await openHeld(disk);
  const { outcome } = await store.get(BUCKET, KEY);
  return outcome.type === "found" ? (outcome.value[0] ?? 0) : 0;
}

/** Ten acknowledged puts of 1 to 10; a second passes after the fifth. */
async function diskAfterPuts(sync: SyncMode): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, { sync });
  await store.createBucket(BUCKET);
  for (let value = 1; value <= 10; value++) {
    const put = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(value) }]);
    await endTurn(scheduler);
    await put.durable;
    if (value !== 5) continue;
    scheduler.passSecond();
    await endTurn(scheduler);
  }
  return disk;
}

/** What docs/operations.md, "What a crash takes", promises, and what it does not. */
const rows: readonly (readonly [sync: SyncMode, afterKill: number, afterPowerCut: number])[] = [
  ["always", 10, 10],
  ["everysec", 10, 5],
  ["never", 10, 0],
];

for (const [sync, afterKill, afterPowerCut] of rows) {
  test(`sync "${sync}": of ten acknowledged writes a kill leaves ${afterKill}, the worst power cut ${afterPowerCut}`, async () => {
    const disk = await diskAfterPuts(sync);
    assert.equal(await lastValue(disk.afterKill()), afterKill);
    assert.equal(await lastValue(disk.afterPowerCut(512, () => 0)), afterPowerCut);
  });
}

const mayStandStill = (): boolean => true;

/** Whether a put, the second write, is acknowledged while the disk does nothing but what is stood still for. */
async function isPutAtOnce(options: Partial<LogStoreOptions>, value = 1): Promise<boolean> {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, { sync: "always", ...options });
  const created = await store.createBucket(BUCKET);
  await endTurn(scheduler);
  await created.durable;
  disk.hold();
  const put = await store.put(BUCKET, [{ key: KEY, value: new Uint8Array(value).fill(1) }]);
  let isDurable = false;
  const durable = put.durable?.then(() => (isDurable = true));
  await endTurn(scheduler);
  const isAtOnce = isDurable;
  disk.release();
  await setImmediate();
  await durable;
  assert.equal(await lastValue(disk.afterPowerCut(512, () => 0)), 1);
  return isAtOnce;
}

test("where the process may stand still and the last sync was quick, a write is on the disk within the turn", async () => {
  assert.equal(await isPutAtOnce({ mayStandStill }), true);
  assert.equal(await isPutAtOnce({}), false);
  assert.equal(await isPutAtOnce({ mayStandStill: () => false }), false);
  // Two milliseconds pass with every look at the clock.
  let nowMs = 0;
  assert.equal(await isPutAtOnce({ mayStandStill, clock: () => (nowMs += 2) }), false);
  // More than is synced as quickly as one record.
  assert.equal(await isPutAtOnce({ mayStandStill }, 70_000), false);
});
