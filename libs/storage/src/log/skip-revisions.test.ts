import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../store.ts";
import { SKIPPED_REVISIONS } from "./skip-revisions.ts";
import { BUCKET, endTurn, type HeldStore, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

/** Puts a value in a store and waits until a client may be told of its revision. */
async function putAndSee({ store, scheduler }: HeldStore, byte: number): Promise<Revision> {
  const { outcome, durable } = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(byte) }]);
  await endTurn(scheduler);
  await durable;
  assert.ok(outcome.type === "stored");
  return outcome.revision;
}

/** All that was not synced is lost. */
function powerCut(disk: SimulatedDisk): SimulatedDisk {
  return disk.afterPowerCut(64, () => 0);
}

for (const sync of ["everysec", "never"] as const) {
  test(`no revision that was shown is given to another value, through power cuts, sync "${sync}"`, async () => {
    let disk = new SimulatedDisk();
    const created = await openHeld(disk, { sync });
    await created.store.createBucket(BUCKET);
    await created.store[Symbol.asyncDispose]();
    const shown: Revision[] = [];
    for (let life = 0; life < 4; life++) {
      const held = await openHeld(disk, { sync });
      // The first group may be on the disk, the later ones are lost.
      for (let round = 0; round < 3; round++) shown.push(await putAndSee(held, life));
      disk = powerCut(disk);
    }
    assert.equal(new Set(shown).size, shown.length, shown.join());
    assert.deepEqual(
      shown.toSorted((one, other) => Number(one) - Number(other)),
      shown,
    );
  });

  test(`a life without a write forgets nothing of what was skipped before it, sync "${sync}"`, async () => {
    let disk = new SimulatedDisk();
    const created = await openHeld(disk, { sync });
    await created.store.createBucket(BUCKET);
    await created.store[Symbol.asyncDispose]();
    const first = await openHeld(disk, { sync });
    const shown = [await putAndSee(first, 1)];
    disk = powerCut(disk);
    const idle = await openHeld(disk, { sync });
    await idle.store[Symbol.asyncDispose]();
    for (let life = 2; life < 4; life++) {
      shown.push(await putAndSee(await openHeld(disk, { sync }), life));
      disk = powerCut(disk);
    }
    assert.equal(new Set(shown).size, shown.length, shown.join());
  });
}

test("revisions go on by one after a clean stop, and by a known step after a crash", async () => {
  const disk = new SimulatedDisk();
  const first = await openHeld(disk);
  await first.store.createBucket(BUCKET);
  await first.store[Symbol.asyncDispose]();
  assert.equal(await putAndSee(await openHeld(disk), 1), 2);
  const crashed = await openHeld(disk.afterKill());
  assert.equal(await putAndSee(crashed, 2), 2 + SKIPPED_REVISIONS + 1);
});
