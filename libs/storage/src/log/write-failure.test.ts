import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import type { StorageEvent } from "../events.ts";
import {
  BUCKET,
  endTurn,
  type HeldStore,
  KEY,
  openHeld,
  stateOn,
} from "./testing/one-group-a-turn.ts";
import { dump } from "./testing/perform.ts";
import { recordEvents } from "./testing/record-events.ts";
import { type Faults, SimulatedDisk } from "./testing/simulated-disk.ts";

/** What became of six puts, each in its own turn, on a disk that may fail. */
interface Course {
  /** Before the first put and after each that was taken. */
  readonly states: string[];
  /** What the key held in each of the states. */
  readonly values: string[];
  /** Which of the states was acknowledged last. */
  acknowledgedState: number;
  /** How many puts were acknowledged. */
  acknowledged: number;
  /** The code each of the others was refused with, in order. */
  readonly refusals: string[];
}

async function putSix({ store, scheduler }: HeldStore): Promise<Course> {
  const course: Course = {
    states: [await dump(store)],
    values: ["missing"],
    acknowledgedState: 0,
    acknowledged: 0,
    refusals: [],
  };
  for (let turn = 1; turn <= 6; turn++) {
    try {
      const value = new TextEncoder().encode(`value ${turn}`);
      const { durable } = await store.put(BUCKET, [{ key: KEY, value }]);
      course.values.push(`value ${turn}`);
      const taken = course.states.push(await dump(store)) - 1;
      scheduler.passSecond();
      await endTurn(scheduler);
      await durable;
      course.acknowledged += 1;
      course.acknowledgedState = taken;
    } catch (error) {
      // A disk that was full is tried again in the next second.
      scheduler.passSecond();
      await endTurn(scheduler);
      assert.ok(
        isStorageError(error, "STORAGE_WRITE_UNKNOWN") ||
          isStorageError(error, "STORAGE_READ_ONLY"),
      );
      course.refusals.push(error.code);
    }
  }
  return course;
}

async function openWithBucket(
  disk: SimulatedDisk,
  sync: "always" | "everysec",
): Promise<HeldStore> {
  const held = await openHeld(disk, { sync, segmentLimitBytes: 250, deadShareLimit: 1 });
  await held.store.createBucket(BUCKET);
  await endTurn(held.scheduler);
  held.scheduler.passSecond();
  await endTurn(held.scheduler);
  return held;
}

/** Fails the call number `index` from now on, and those behind it as `then` says. */
function failAt(index: number, code: "EIO" | "ENOSPC", then: "recovers" | "stays"): Faults {
  let count = 0;
  return () => {
    const isHit = then === "recovers" ? count === index : count >= index;
    count += 1;
    return isHit ? { type: "error", code } : undefined;
  };
}

for (const sync of ["always", "everysec"] as const) {
  for (const code of ["EIO", "ENOSPC"] as const) {
    for (const then of ["recovers", "stays"] as const) {
      test(`${code} at any call, sync "${sync}", the disk ${then}: nothing acknowledged is lost`, async () => {
        let callCount = Number.POSITIVE_INFINITY;
        for (let index = 0; index < callCount; index++) {
          const disk = new SimulatedDisk();
          const held = await openWithBucket(disk, sync);
          using recorded = recordEvents();
          const faults = failAt(index, code, then);
          let calls = 0;
          disk.faults = (call) => {
            calls += 1;
            return faults(call);
          };
          const course = await putSix(held);
          if (course.refusals.length === 0) callCount = calls;
          else assertStopped(course, recorded.events, code);
          await assertReads(held, course);
          await assertReopens(disk, course, sync);
        }
        assert.ok(callCount > 12, "the faults went through all calls");
      });
    }
  }
}

function assertStopped(
  { refusals }: Course,
  events: readonly StorageEvent[],
  code: "EIO" | "ENOSPC",
): void {
  const types = events.map(({ type }) => type).join();
  // A sync that finds the disk full is as final as any that fails.
  const expected =
    code === "EIO"
      ? /^writes-stopped$/u
      : /^(writes-held,)*(writes-held|writes-resumed|writes-stopped)$/u;
  assert.match(types.replaceAll("writes-held,writes-resumed,", ""), expected);
  if (types.endsWith("writes-stopped")) {
    assert.match(events.at(-1)?.message ?? "", /; restart the node once that is mended$/u);
  }
  // A failed sync in the background can hit between two writes: then nothing is unknown.
  assert.ok(!refusals.slice(1).includes("STORAGE_WRITE_UNKNOWN"), refusals.join());
}

/** A value that may have been kept is still read; one of which that is not known is not shown. */
async function assertReads({ store }: HeldStore, course: Course): Promise<void> {
  const { outcome, durable } = await store.get(BUCKET, KEY);
  if (durable === undefined) {
    const text = outcome.type === "found" ? new TextDecoder().decode(outcome.value) : outcome.type;
    assert.ok(course.values.slice(course.acknowledgedState).includes(text), text);
  } else {
    assert.ok(course.refusals.length > 0);
    await assert.rejects(durable);
  }
}

async function assertReopens(
  disk: SimulatedDisk,
  { states, acknowledgedState }: Course,
  sync: "always" | "everysec",
): Promise<void> {
  const acceptable = states.slice(acknowledgedState);
  assert.ok(acceptable.includes(await stateOn(disk.afterKill())), "after a kill");
  const survivors = sync === "always" ? acceptable : states;
  for (const draw of [() => 0, (count: number) => count - 1]) {
    assert.ok(survivors.includes(await stateOn(disk.afterPowerCut(32, draw))), "after a power cut");
  }
}

test("a short write is gone on with", async () => {
  const disk = new SimulatedDisk();
  const held = await openWithBucket(disk, "always");
  disk.faults = ({ type }) => (type === "write" ? { type: "short", bytes: 7 } : undefined);
  const course = await putSix(held);
  assert.deepEqual([course.acknowledged, course.refusals], [6, []]);
  assert.equal(await stateOn(disk.afterPowerCut(64, () => 0)), course.states.at(-1));
});

test("a disk that is full in mid-group stops the writes and is cut back to the group before", async () => {
  const disk = new SimulatedDisk();
  const held = await openWithBucket(disk, "always");
  const before = disk.files().get("/kv/00000001.log")?.length;
  let writes = 0;
  disk.faults = ({ type }) =>
    type === "write" ? { type: "short", bytes: writes++ === 0 ? 40 : 0 } : undefined;
  const course = await putSix(held);
  assert.deepEqual(course.refusals, [
    "STORAGE_WRITE_UNKNOWN",
    ...Array.from({ length: 5 }, () => "STORAGE_READ_ONLY"),
  ]);
  assert.equal(disk.files().get("/kv/00000001.log")?.length, before);
});

test("a disk that was full is written to again without a restart, what was held first", async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openWithBucket(disk, "always");
  let isFull = true;
  disk.faults = ({ type }) =>
    isFull && type === "write" ? { type: "error", code: "ENOSPC" } : undefined;
  const held = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(1) }]);
  await endTurn(scheduler);
  await assert.rejects(held.durable ?? Promise.resolve(), isCode("STORAGE_WRITE_UNKNOWN"));
  assert.throws(() => store.createBucket(BUCKET), isCode("STORAGE_READ_ONLY"));
  assert.equal(store.statistics().writable, false);
  assert.match(store.statistics().readOnlyReason ?? "", /no space left/u);
  scheduler.passSecond();
  await endTurn(scheduler);
  assert.throws(() => store.createBucket(BUCKET), isCode("STORAGE_READ_ONLY"));
  isFull = false;
  scheduler.passSecond();
  await endTurn(scheduler);
  const { outcome, durable } = await store.get(BUCKET, KEY);
  assert.deepEqual(outcome.type === "found" && outcome.value, Uint8Array.of(1));
  assert.equal(durable, undefined);
  const next = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(2) }]);
  await endTurn(scheduler);
  await next.durable;
  assert.equal(await stateOn(disk.afterPowerCut(64, () => 0)), await dump(store));
});

test("a group that was waiting behind a failed write is refused as surely not written", async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openWithBucket(disk, "always");
  disk.hold();
  const first = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(1) }]);
  await endTurn(scheduler);
  const second = await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(2) }]);
  disk.faults = ({ type }) => (type === "sync" ? { type: "error", code: "EIO" } : undefined);
  disk.release();
  await assert.rejects(first.durable ?? Promise.resolve(), isCode("STORAGE_WRITE_UNKNOWN"));
  await assert.rejects(second.durable ?? Promise.resolve(), isCode("STORAGE_READ_ONLY"));
  assert.throws(() => store.createBucket(BUCKET), isCode("STORAGE_READ_ONLY"));
  const { durable } = await store.get(BUCKET, KEY);
  assert.equal(durable, second.durable);
});

test("a failed sync is not tried again, and no seal is left behind", async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openWithBucket(disk, "everysec");
  let syncs = 0;
  disk.faults = ({ type }) => {
    if (type !== "sync") return undefined;
    syncs += 1;
    return { type: "error", code: "EIO" };
  };
  await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(1) }]);
  await endTurn(scheduler);
  for (let second = 0; second < 2; second++) {
    scheduler.passSecond();
    await endTurn(scheduler);
  }
  assert.throws(() => store.createBucket(BUCKET), isCode("STORAGE_READ_ONLY"));
  using recorded = recordEvents();
  await store[Symbol.asyncDispose]();
  assert.equal(syncs, 1);
  assert.deepEqual(
    recorded.events.map(({ level, type }) => [level, type]),
    [["warn", "not-sealed"]],
  );
  assert.match(recorded.events[0]?.message ?? "", /; the next start checks the end of its log/u);
  assert.equal(disk.files().has("/kv/SEAL"), false);
});

test("closing rejects when the disk fails only then, and still lets go of the lock", async () => {
  const disk = new SimulatedDisk();
  const { store } = await openWithBucket(disk, "everysec");
  disk.faults = ({ type }) => (type === "sync" ? { type: "error", code: "EIO" } : undefined);
  await store.put(BUCKET, [{ key: KEY, value: Uint8Array.of(1) }]);
  const closed = async (): Promise<void> => store[Symbol.asyncDispose]();
  await assert.rejects(closed, isCode("STORAGE_WRITE_UNKNOWN"));
  disk.faults = () => undefined;
  assert.match(await stateOn(disk), /at 2/u);
});

function isCode(code: "STORAGE_WRITE_UNKNOWN" | "STORAGE_READ_ONLY"): (error: unknown) => boolean {
  return (error) => isStorageError(error, code);
}
