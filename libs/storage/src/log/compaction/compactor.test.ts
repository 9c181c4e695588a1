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

const MIB = 2 ** 20;

/** So many clients, each of which puts 64 KiB, waits until it hears of that, and puts again. */
const CLIENTS = 48;

/** What one client puts next, unless it waits for an answer: 3 MiB a turn when none of them does. */
class Client {
  readonly #number: number;
  #isWaiting = false;
  #count = 0;

  constructor(number: number) {
    this.#number = number;
  }

  putNext(store: Store): void {
    if (this.#isWaiting) return;
    this.#count += 1;
    const key = Buffer.from(`key ${this.#number} ${this.#count % 3}`);
    const answer = store.put(BUCKET, [{ key, value: new Uint8Array(64 * 1024) }]);
    assert.ok("outcome" in answer);
    void this.#wait(answer.durable);
  }

  async #wait(durable: Promise<void> | undefined): Promise<void> {
    this.#isWaiting = true;
    await durable;
    this.#isWaiting = false;
  }
}

for (const sync of ["always", "everysec", "never"] as const) {
  test(`dead bytes are bounded when clients write ten times what one portion looks at a turn, sync "${sync}"`, async () => {
    const limits = { sync, segmentLimitBytes: MIB, cacheLimitBytes: 0 };
    const { store, scheduler } = await openHeld(new SimulatedDisk(), limits);
    await store.createBucket(BUCKET);
    const clients = Array.from({ length: CLIENTS }, (_, number) => new Client(number));
    let worst = 0;
    for (let turn = 0; turn < 300; turn++) {
      for (const client of clients) client.putNext(store);
      // No second passes: it is enough that segments are begun.
      scheduler.endTurn();
      await setImmediate();
      const { deadBytes = 0, logBytes = 0 } = store.statistics();
      worst = Math.max(worst, (deadBytes - logBytes / 2) / MIB);
    }
    // What is written in a turn goes to one segment, which has up to 4 MiB then.
    assert.ok(worst < 8, `${worst} MiB too many were dead`);
    await passTurns(scheduler, 500);
    const { deadBytes = 0, logBytes = 0, compaction } = store.statistics();
    assert.ok(deadBytes <= logBytes / 2, `${deadBytes} of ${logBytes} bytes are dead at rest`);
    assert.equal(compaction?.state, "idle");
    assert.ok((compaction?.segmentsRemoved ?? 0) > 10);
  });
}

test("a pass that was asked for ends soon beside clients who write, and leaves less behind than it has found", async () => {
  const limits = { segmentLimitBytes: MIB, deadShareLimit: 1, cacheLimitBytes: 0 };
  const { store, scheduler } = await openHeld(new SimulatedDisk(), { ...limits, sync: "never" });
  await store.createBucket(BUCKET);
  const clients = Array.from({ length: CLIENTS }, (_, number) => new Client(number));
  const passTurn = async (): Promise<void> => {
    for (const client of clients) client.putNext(store);
    scheduler.endTurn();
    await setImmediate();
  };
  for (let turn = 0; turn < 20; turn++) await passTurn();
  const { logBytes: before = 0 } = store.statistics();
  assert.ok(before > 40 * MIB);
  const pass = { isOver: false };
  const noteEnd = async (): Promise<void> => {
    await store.compact?.();
    pass.isOver = true;
  };
  const ended = noteEnd();
  // Each turn callers would write 3 MiB, and one portion looks at one.
  for (let turn = 0; turn < 400 && !pass.isOver; turn++) await passTurn();
  assert.ok(pass.isOver, "it has an end");
  await ended;
  const { logBytes: after = 0, liveBytes = 0 } = store.statistics();
  // What is being written goes to one segment, which has up to 4 MiB then; so much may be owed, too.
  assert.ok(after < liveBytes + before / 2 + 8 * MIB, `${after} bytes are left of ${before}`);
});

test("compaction goes on after a load has ended, and comes to an end", async () => {
  const limits = { segmentLimitBytes: SEGMENT_BYTES, deadShareLimit: 1, cacheLimitBytes: 0 };
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, limits);
  await store.createBucket(BUCKET);
  for (let round = 0; round < 200; round++) {
    await store.put(BUCKET, fieldsOf(0, 20, 500));
    await passTurns(scheduler, 1);
  }
  assert.ok(excessBytes(store) > 40 * SEGMENT_BYTES, "nearly all of it is dead");
  const again = await openHeld(disk.afterKill(), { ...limits, deadShareLimit: 0.5 });
  await passTurns(again.scheduler, 2000);
  assert.ok(excessBytes(again.store) <= 0);
  assert.equal(again.store.statistics().compaction?.state, "idle");
});

test("where headers alone are more than may be dead compaction rests after a round", async () => {
  const { store, scheduler } = await openHeld(new SimulatedDisk(), { segmentLimitBytes: 1 });
  await store.createBucket(BUCKET);
  for (let number = 0; number < 20; number++) {
    await store.put(BUCKET, fieldsOf(number, 1, 1));
    await passTurns(scheduler, 40);
  }
  await passTurns(scheduler, 2000);
  const before = store.statistics().compaction;
  assert.equal(before?.state, "idle");
  await passTurns(scheduler, 200);
  assert.deepEqual(store.statistics().compaction, before);
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
