import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { endTurn, openHeld, stateOn, writeGroups } from "./testing/one-group-a-turn.ts";
import { recordEvents } from "./testing/record-events.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const FIRST = "/kv/00000001.log";

/** A log of three groups as a crash leaves it, its states, and where each group ends. */
async function crashedLog() {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk);
  const states: string[] = [];
  const ends: number[] = [];
  for (const count of [1, 1, 1]) {
    const reached = await writeGroups(held, count);
    if (states.length === 0) states.push(reached[0] ?? "");
    states.push(reached[1] ?? "");
    ends.push(bytesOf(disk).length);
  }
  return { disk, bytes: bytesOf(disk), states, ends };
}

function bytesOf(disk: SimulatedDisk, path = FIRST): Uint8Array {
  return disk.files().get(path) ?? new Uint8Array();
}

function isDamage(path: string, offsetBytes?: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, "STORAGE_DAMAGED"), String(error));
    assert.equal(error.details.path, path);
    if (offsetBytes !== undefined) assert.equal(error.details.offsetBytes, offsetBytes);
    return true;
  };
}

test("openLogStore() cuts a log cut off at any byte back to its last whole group, and keeps the rest", async () => {
  const { bytes, states, ends } = await crashedLog();
  for (let length = 0; length <= bytes.length; length++) {
    using recorded = recordEvents();
    const disk = new SimulatedDisk([[FIRST, bytes.subarray(0, length)]]);
    const whole = ends.filter((end) => end <= length).length;
    assert.equal(await stateOn(disk), states[whole], `cut at ${length}`);

    const from = length < SEGMENT_HEADER_BYTES ? 0 : (ends[whole - 1] ?? SEGMENT_HEADER_BYTES);
    const cut = disk.files().get(`${FIRST}.${from}.cut`);
    const told = recorded.events.filter(({ type }) => type === "tail-cut");
    if (length === from) {
      assert.deepEqual([cut, told], [undefined, []]);
    } else {
      assert.deepEqual(cut, Uint8Array.from(bytes.subarray(from, length)));
      assert.deepEqual(
        told.map((event) => "bytes" in event && event.bytes),
        [length - from],
      );
    }
  }
});

test("a log goes on behind a cut tail, through one more crash at any byte", async () => {
  const { bytes, ends } = await crashedLog();
  const torn = new SimulatedDisk([[FIRST, bytes.subarray(0, (ends[2] ?? 0) - 1)]]);
  const held = await openHeld(torn);
  const [, afterwards] = await writeGroups(held, 1);
  const longer = bytesOf(torn);
  for (let length = ends[1] ?? 0; length <= longer.length; length++) {
    const disk = torn.afterKill();
    const file = await disk.open(FIRST, { file: "existing", syncsEveryWrite: false });
    await file.truncate(length);
    const state = await stateOn(disk);
    assert.equal(state === afterwards, length === longer.length, `cut at ${length}`);
    const isFirstCutKept = disk.files().has(`${FIRST}.${ends[1]}.cut`);
    assert.ok(isFirstCutKept);
  }
});

test("openLogStore() takes a changed byte for damage when a later group proves that it was good", async () => {
  const { bytes, ends } = await crashedLog();
  const proven = ends[1] ?? 0;
  for (let at = 0; at < proven; at++) {
    const disk = new SimulatedDisk([[FIRST, flipped(bytes, at)]]);
    const starts = [0, SEGMENT_HEADER_BYTES, ends[0] ?? 0];
    const start = starts.findLast((candidate) => candidate <= at);
    await assert.rejects(stateOn(disk), isDamage(FIRST, start), `byte ${at}`);
    assert.deepEqual(bytesOf(disk), flipped(bytes, at), "a refused log was written to");
  }
});

test("openLogStore() cuts and tells of a last group with a changed byte: it looks like a torn one", async () => {
  const { bytes, states, ends } = await crashedLog();
  for (let at = ends[1] ?? 0; at < bytes.length; at++) {
    using recorded = recordEvents();
    const disk = new SimulatedDisk([[FIRST, flipped(bytes, at)]]);
    assert.equal(await stateOn(disk), states[2]);
    assert.ok(recorded.events.some(({ type }) => type === "tail-cut"));
  }
});

test("openLogStore() vouches for all it has read with the first group that it writes", async () => {
  const disk = new SimulatedDisk();
  await writeGroups(await openHeld(disk), 2);
  const again = disk.afterKill();
  const lengthBytes = bytesOf(again).length;
  await writeGroups(await openHeld(again), 1);
  const changed = new SimulatedDisk([[FIRST, flipped(bytesOf(again), lengthBytes - 1)]]);
  await assert.rejects(stateOn(changed), isDamage(FIRST));
});

test("openLogStore() takes a later page without an earlier one for a tail when neither was synced", async () => {
  for (const sync of ["everysec", "never"] as const) {
    const disk = new SimulatedDisk();
    const held = await openHeld(disk, { sync });
    const [before] = await writeGroups(held, 0);
    await writeGroups(held, 3);
    const bytes = Uint8Array.from(bytesOf(disk));
    bytes.fill(0, SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES + 16);
    assert.equal(await stateOn(new SimulatedDisk([[FIRST, bytes]])), before);
  }
});

test("openLogStore() takes the same for damage once a sync has covered it", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { sync: "everysec" });
  await writeGroups(held, 1);
  held.scheduler.passSecond();
  await endTurn(held.scheduler);
  await writeGroups(held, 1);
  const bytes = Uint8Array.from(bytesOf(disk));
  bytes.fill(0, SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES + 16);
  await assert.rejects(
    stateOn(new SimulatedDisk([[FIRST, bytes]])),
    isDamage(FIRST, SEGMENT_HEADER_BYTES),
  );
});

test("openLogStore() refuses a log with a segment missing, shortened or out of place", async () => {
  const disk = new SimulatedDisk();
  await writeGroups(await openHeld(disk, { segmentLimitBytes: 1 }), 3);
  const [one = "", two = "", three = ""] = [1, 2, 3].map((number) => `/kv/0000000${number}.log`);
  const files = disk.files();
  const bytes = (path: string): Uint8Array => files.get(path) ?? new Uint8Array();

  const without = new Map(files);
  without.delete(two);
  await assert.rejects(stateOn(new SimulatedDisk(without)), isDamage(two, 0));

  // The header of the third says so too, when it is all there is of it.
  without.set(three, bytes(three).subarray(0, SEGMENT_HEADER_BYTES));
  await assert.rejects(stateOn(new SimulatedDisk(without)), isDamage(two, 0));

  const shortened = new Map(files).set(two, bytes(two).subarray(0, SEGMENT_HEADER_BYTES));
  await assert.rejects(stateOn(new SimulatedDisk(shortened)), isDamage(two, SEGMENT_HEADER_BYTES));

  const swapped = new Map(files).set(two, bytes(three)).set(three, bytes(two));
  await assert.rejects(stateOn(new SimulatedDisk(swapped)), isDamage(two, 0));

  const other = new SimulatedDisk();
  await writeGroups(await openHeld(other, { segmentLimitBytes: 1 }), 2);
  const foreign = other.files().get(two) ?? new Uint8Array();
  await assert.rejects(
    stateOn(new SimulatedDisk(new Map(files).set(two, foreign))),
    isDamage(two, 0),
  );
  assert.ok(bytes(one).length > SEGMENT_HEADER_BYTES);
});

test("openLogStore() sets a segment aside whose header was torn, and leaves files it does not know", async () => {
  const disk = new SimulatedDisk();
  const states = await writeGroups(await openHeld(disk), 2);
  const notes = Uint8Array.of(1);
  const files = disk
    .files()
    .set("/kv/00000002.log", Uint8Array.of(0x4b, 0x56))
    .set("/kv/notes", notes);
  const torn = new SimulatedDisk(files);
  assert.equal(await stateOn(torn), states[2]);
  assert.deepEqual(torn.files().get("/kv/00000002.log.0.cut"), Uint8Array.of(0x4b, 0x56));
  assert.equal(torn.files().has("/kv/00000002.log"), false);
  assert.deepEqual(torn.files().get("/kv/notes"), notes);
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}
