import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { openLogStore } from "./open-log-store.ts";
import { BUCKET, KEY, openHeld, stateOn, writeGroups } from "./testing/one-group-a-turn.ts";
import { recordEvents } from "./testing/record-events.ts";
import { seededDraw } from "./testing/seeded-draw.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

test("openLogStore() tells what it opened", async () => {
  const disk = new SimulatedDisk();
  await writeGroups(await openHeld(disk), 1);
  using recorded = recordEvents();
  let nowMs = 0;
  await openLogStore({ directory: "/kv", clock: () => (nowMs += 5), files: disk.afterKill() });
  // Each look at the clock takes 5 ms.
  const tookMs = nowMs - 5;
  const message = `Opened the store at "/kv" in ${tookMs} ms; keys: 1`;
  const opened = { level: "info", type: "opened", message, path: "/kv", keys: 1, tookMs };
  assert.deepEqual(recorded.events, [opened]);
});

/** A disk as it may be found before an opening, and the state that must come out of it. */
async function foundDisks(): Promise<readonly (readonly [what: string, SimulatedDisk, string])[]> {
  const crashed = new SimulatedDisk();
  const states = await writeGroups(await openHeld(crashed), 2);
  const torn = crashed.afterKill();
  const file = await torn.open("/kv/00000001.log", { file: "existing", syncsEveryWrite: true });
  await file.truncate((torn.files().get("/kv/00000001.log")?.length ?? 0) - 1);
  await file.sync();
  const sealed = new SimulatedDisk();
  const held = await openHeld(sealed);
  await writeGroups(held, 2);
  await held.store[Symbol.asyncDispose]();
  return [
    ["an empty directory", new SimulatedDisk(), states[0] ?? ""],
    ["a torn log", torn, states[1] ?? ""],
    ["a sealed log", sealed, states[2] ?? ""],
  ];
}

test("openLogStore() that fails at any call, and then loses the power, leaves what it found", async () => {
  for (const [what, found, state] of await foundDisks()) {
    let callCount = Number.POSITIVE_INFINITY;
    for (let index = 0; index < callCount; index++) {
      const disk = found.afterKill();
      let calls = 0;
      disk.faults = () => (calls++ === index ? { type: "error", code: "EIO" } : undefined);
      const opening = openHeld(disk);
      if (await opening.then(() => true, isInaccessible)) callCount = calls;
      disk.faults = () => undefined;
      for (let seed = 1; seed < 8; seed++) {
        const after = disk.afterPowerCut(16, seededDraw(seed * 7919));
        if (what === "a torn log") assertTailKept(found, after);
        assert.equal(await stateOn(after), state, `${what}, call ${index}, seed ${seed}`);
      }
      assert.equal(await stateOn(disk.afterKill()), state, `${what}, call ${index}`);
    }
  }
});

/** The torn segment is as long as it was found, or what is missing from it stands in a file beside. */
function assertTailKept(found: SimulatedDisk, after: SimulatedDisk): void {
  const whole = found.files().get("/kv/00000001.log")?.length ?? 0;
  const left = after.files().get("/kv/00000001.log")?.length ?? 0;
  const kept = after.files().get(`/kv/00000001.log.${left}.cut`)?.length ?? 0;
  assert.equal(left + kept, whole);
}

/** False for the one error that is expected; any other is thrown on. */
function isInaccessible(error: unknown): boolean {
  if (isStorageError(error, "STORAGE_INACCESSIBLE")) return false;
  throw error;
}

test("openLogStore() lets go of the lock when it fails", async () => {
  const disk = new SimulatedDisk();
  disk.faults = () => ({ type: "error", code: "EROFS" });
  await assert.rejects(openHeld(disk), (error) => {
    assert.ok(isStorageError(error, "STORAGE_INACCESSIBLE"));
    assert.match(error.details.reason, /read-only/u);
    return true;
  });
  disk.faults = () => undefined;
  await openHeld(disk);
  await assert.rejects(openHeld(disk), (error) => isStorageError(error, "STORAGE_LOCKED"));
});

test("a bucket that lapsed and was created anew has none of its old keys, whatever the clock says at replay", async () => {
  const disk = new SimulatedDisk();
  let nowMs = 0;
  const { store } = await openHeld(disk, { clock: () => nowMs });
  await store.createBucket(BUCKET);
  await store.put(BUCKET, [{ key: KEY, value: KEY }]);
  await store.expire(BUCKET, undefined, 100);
  nowMs = 100;
  await store.createBucket(BUCKET);
  await store[Symbol.asyncDispose]();
  // Opened at time 0, when the old bucket had not lapsed.
  assert.equal(await stateOn(disk), "6275636b6574 at 5 until undefined");
});
