import assert from "node:assert/strict";
import { test } from "node:test";
import { BUCKET, endTurn, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

test("the next snapshot waits for twice the mutations that came while the latest was written", async () => {
  const { store, scheduler } = await openHeld(new SimulatedDisk(), { snapshotEveryRecords: 10 });
  await store.createBucket(BUCKET);
  const put = async (count: number): Promise<void> => {
    for (let value = 0; value < count; value++) await store.put(BUCKET, [{ key: KEY, value: KEY }]);
    await endTurn(scheduler);
  };
  const isRunning = (): boolean | undefined => store.statistics().snapshot?.isRunning;
  const finish = async (): Promise<void> => {
    for (let turn = 0; turn < 1000 && isRunning() === true; turn++) await endTurn(scheduler);
    assert.equal(isRunning(), false);
  };
  await put(20);
  scheduler.passSecond();
  assert.equal(isRunning(), true);
  for (let value = 0; value < 100; value++) await store.put(BUCKET, [{ key: KEY, value: KEY }]);
  await finish();
  // Of which 100 came while the snapshot was written.
  await put(90);
  scheduler.passSecond();
  assert.equal(isRunning(), false);
  await put(20);
  scheduler.passSecond();
  assert.equal(isRunning(), true);
  await finish();
});
