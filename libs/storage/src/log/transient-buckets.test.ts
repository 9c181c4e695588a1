import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { openLogStore } from "./open-log-store.ts";
import { ManualScheduler } from "./testing/manual-scheduler.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const BUCKET = Uint8Array.of(0x62);
const KEY = Uint8Array.of(0x6b);
const options = { createsBucket: true };

test("housekeeping logs the drop of a transient bucket whose keys have lapsed, though nobody asks for it", async () => {
  const disk = new SimulatedDisk();
  const scheduler = new ManualScheduler();
  let nowMs = 0;
  const settings = { directory: "/kv", clock: () => nowMs, files: disk, scheduler };
  const store = await openLogStore(settings);
  await pass(scheduler, store.put(BUCKET, [{ key: KEY, value: KEY, expiresAtMs: 10 }], options));
  nowMs = 10;
  scheduler.passSecond();
  for (let turns = 0; turns < 5; turns++) await pass(scheduler);
  nowMs = 0;
  const again = await openLogStore({ ...settings, files: disk.afterKill() });
  assert.deepEqual((await again.get(BUCKET, KEY)).outcome, { type: "no-bucket" });
});

/** Lets the turn end and the disk do its work; then the answer must be durable. */
async function pass(scheduler: ManualScheduler, answering?: unknown): Promise<void> {
  await answering;
  scheduler.endTurn();
  await setImmediate();
  await setImmediate();
}
