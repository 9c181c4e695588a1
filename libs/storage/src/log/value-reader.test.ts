import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import type { KeyPlace, ReadResult } from "../plain-operations.ts";
import type { GetOutcome, Store } from "../store.ts";
import { BUCKET, endTurn, type HeldStore, KEY, openHeld } from "./testing/one-group-a-turn.ts";
import { recordEvents } from "./testing/record-events.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const VALUE = Buffer.from("the value");

/** A store that keeps no value in memory, with one on the disk. */
async function storeWithValue(): Promise<HeldStore & { readonly disk: SimulatedDisk }> {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { cacheLimitBytes: 0, deadShareLimit: 1 });
  await held.store.createBucket(BUCKET);
  await held.store.put(BUCKET, [{ key: KEY, value: VALUE }]);
  await endTurn(held.scheduler);
  return { ...held, disk };
}

function placeOf(bucket: Uint8Array, bytes: Uint8Array): KeyPlace {
  return { bucket, bytes, start: 0, end: bytes.length };
}

async function read(store: Store, key = KEY): Promise<GetOutcome> {
  return (await store.get(BUCKET, key)).outcome;
}

test("get() answers at once about what is not written yet, and by a promise from the disk", async () => {
  const disk = new SimulatedDisk();
  const { store, scheduler } = await openHeld(disk, { cacheLimitBytes: 0 });
  await store.createBucket(BUCKET);
  await store.put(BUCKET, [{ key: KEY, value: VALUE }]);
  const waiting = store.get(BUCKET, KEY);
  assert.ok(!(waiting instanceof Promise) && waiting.outcome.type === "found");
  assert.deepEqual(Buffer.from(waiting.outcome.value), VALUE);
  await endTurn(scheduler);
  const written = store.get(BUCKET, KEY);
  assert.ok(written instanceof Promise);
  const { outcome } = await written;
  assert.deepEqual(outcome.type === "found" && Buffer.from(outcome.value), VALUE);
});

test("read() says at once what is durable and in memory, and leaves the rest to get()", async () => {
  const { store, scheduler } = await openHeld(new SimulatedDisk());
  const shown: string[] = [];
  const readNow = (key = KEY): ReadResult =>
    store.read(placeOf(BUCKET, key), (bytes, start, end) => {
      shown.push(Buffer.from(bytes.slice(start, end)).toString());
    });
  await store.createBucket(BUCKET);
  await store.put(BUCKET, [{ key: KEY, value: VALUE }]);
  assert.equal(readNow(), undefined);
  await endTurn(scheduler);
  assert.deepEqual([readNow(), shown], ["found", [VALUE.toString()]]);
  assert.equal(readNow(Buffer.from("no such key")), "missing");
  assert.equal(
    store.read(placeOf(Buffer.from("no such bucket"), KEY), () => assert.fail()),
    "no-bucket",
  );
  await store.delete(BUCKET, [KEY]);
  assert.equal(readNow(), undefined);
  await endTurn(scheduler);
  assert.equal(readNow(), "missing");
  assert.equal(shown.length, 1);
  const { store: uncached } = await storeWithValue();
  assert.equal(
    uncached.read(placeOf(BUCKET, KEY), () => assert.fail()),
    undefined,
  );
});

test("a value is read once and then comes from the cache", async () => {
  const disk = new SimulatedDisk();
  const first = await openHeld(disk);
  await first.store.createBucket(BUCKET);
  await first.store.put(BUCKET, [{ key: KEY, value: VALUE }]);
  await first.store[Symbol.asyncDispose]();
  const { store } = await openHeld(disk);
  assert.ok(store.get(BUCKET, KEY) instanceof Promise);
  await read(store);
  assert.ok(!(store.get(BUCKET, KEY) instanceof Promise));
  assert.deepEqual(store.statistics().cache?.hits, 1);
});

test("every flipped byte of a value's field is found, never served, and told", async () => {
  const { store, disk } = await storeWithValue();
  const path = "/kv/00000001.log";
  const length = disk.files().get(path)?.length ?? 0;
  // Checksum, lengths, time, key and value: 20 bytes and what follows.
  const from = length - VALUE.length - KEY.length - 20;
  using recorded = recordEvents();
  for (let at = from; at < length; at++) {
    const file = await disk.open(path, { file: "existing", syncsEveryWrite: true });
    const byte = disk.files().get(path)?.[at] ?? 0;
    await file.write(Uint8Array.of(byte ^ 1), at);
    await assert.rejects(read(store), (error) => {
      assert.ok(isStorageError(error, "STORAGE_VALUE_DAMAGED"));
      return error.details.path === path && error.details.offsetBytes === from;
    });
    await file.write(Uint8Array.of(byte), at);
    assert.equal((await read(store)).type, "found");
  }
  assert.deepEqual(new Set(recorded.events.map(({ type }) => type)), new Set(["value-damaged"]));
});

test("a disk that does not give a value is told of, and asked again the next time", async () => {
  const { store, disk } = await storeWithValue();
  disk.faults = ({ type }) => (type === "read" ? { type: "error", code: "EIO" } : undefined);
  await assert.rejects(read(store), { code: "STORAGE_READ_FAILED" });
  disk.faults = () => undefined;
  assert.equal((await read(store)).type, "found");
});

test("a read under way ends well although its segment is compacted away meanwhile", async () => {
  const { store, disk, scheduler } = await storeWithValue();
  disk.holdReads();
  const reading = read(store);
  const other = Buffer.from("another value");
  await store.put(BUCKET, [{ key: KEY, value: other }]);
  await endTurn(scheduler);
  const compacting = store.compact?.() ?? Promise.resolve();
  for (let turn = 0; turn < 20; turn++) await endTurn(scheduler);
  assert.ok(disk.files().has("/kv/00000001.log"), "the read pins its segment");
  disk.releaseReads();
  const outcome = await reading;
  assert.deepEqual(outcome.type === "found" && Buffer.from(outcome.value), VALUE);
  // The removal, the last steps of which wait for turns of their own.
  for (let turn = 0; turn < 20; turn++) await endTurn(scheduler);
  await compacting;
  assert.ok(!disk.files().has("/kv/00000001.log"));
  const now = await read(store);
  assert.deepEqual(now.type === "found" && Buffer.from(now.value), other);
});
