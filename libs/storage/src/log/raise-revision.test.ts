import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../store.ts";
import { BUCKET, endTurn, type HeldStore, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one of another store
const FOREIGN = (2 ** 40) as Revision;

/** Puts a value in a store and waits until a client may be told of its revision. */
async function putAndSee({ store, scheduler }: HeldStore): Promise<Revision> {
  await store.createBucket(BUCKET);
  const { outcome, durable } = await store.put(BUCKET, [{ key: KEY, value: KEY }]);
  await endTurn(scheduler);
  await durable;
  assert.ok(outcome.type === "stored");
  return outcome.revision;
}

for (const sync of ["always", "everysec", "never"] as const) {
  test(`raiseRevision() holds through power cuts once a revision was shown, sync "${sync}"`, async () => {
    const disk = new SimulatedDisk();
    const held = await openHeld(disk, { sync });
    await putAndSee(held);
    held.store.raiseRevision(FOREIGN);
    const shown = await putAndSee(held);
    const cut = await openHeld(
      disk.afterPowerCut(64, () => 0),
      { sync },
    );
    const next = await putAndSee(cut);
    assert.ok(shown > FOREIGN && next > shown, `${shown}, then ${next}`);
  });
}

test("raiseRevision() holds through a power cut when it is called again while what the first call was for is written", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { sync: "never" });
  await putAndSee(held);
  held.store.raiseRevision(FOREIGN);
  const { durable } = await held.store.put(BUCKET, [{ key: KEY, value: KEY }]);
  held.scheduler.endTurn();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one of another store
  held.store.raiseRevision((2 * Number(FOREIGN)) as Revision);
  await durable;
  const shown = await putAndSee(held);
  const next = await putAndSee(await openHeld(disk.afterPowerCut(64, () => 0)));
  assert.ok(Number(shown) > 2 * Number(FOREIGN) && next > shown, `${shown}, then ${next}`);
});

test("raiseRevision() holds after a clean stop, also when nothing was written since", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk);
  await putAndSee(held);
  held.store.raiseRevision(FOREIGN);
  await held.store[Symbol.asyncDispose]();
  assert.ok((await putAndSee(await openHeld(disk))) > FOREIGN);
});

test("raiseRevision() is nothing to replay: no snapshot is due because of it", async () => {
  const held = await openHeld(new SimulatedDisk());
  await putAndSee(held);
  const before = held.store.statistics().snapshot?.recordsBehind;
  assert.equal(typeof before, "number");
  held.store.raiseRevision(FOREIGN);
  assert.equal(held.store.statistics().snapshot?.recordsBehind, before);
});
