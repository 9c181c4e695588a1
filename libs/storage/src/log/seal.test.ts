import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { isStorageError } from "../errors.ts";
import { decodeSeal, encodeSeal } from "./format/seal.ts";
import { BUCKET, openHeld, stateOn, writeGroups } from "./testing/one-group-a-turn.ts";
import { recordEvents } from "./testing/record-events.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

/** Two segments and a seal, and the state they hold. */
async function sealedLog() {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { segmentLimitBytes: 250 });
  const state = (await writeGroups(held, 3)).at(-1);
  await held.store[Symbol.asyncDispose]();
  const files = disk.files();
  assert.deepEqual([...files.keys()].toSorted(), [
    "/kv/00000001.log",
    "/kv/00000002.log",
    "/kv/SEAL",
  ]);
  return { files, state };
}

async function assertRefused(files: Map<string, Uint8Array>, what: string): Promise<void> {
  const disk = new SimulatedDisk(files);
  await assert.rejects(stateOn(disk), (error) => isStorageError(error, "STORAGE_DAMAGED"), what);
  assert.deepEqual(disk.files(), files, `${what}: a refused log was written to`);
}

test("openLogStore() refuses a sealed log in which any byte of any file has changed", async () => {
  const { files, state } = await sealedLog();
  assert.equal(await stateOn(new SimulatedDisk(files)), state);
  for (const [path, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      await assertRefused(new Map(files).set(path, changed), `${path}, byte ${at}`);
    }
  }
});

test("openLogStore() refuses a sealed log with a file shortened, lengthened, missing or added", async () => {
  const { files } = await sealedLog();
  for (const [path, bytes] of files) {
    for (let length = 0; length < bytes.length; length++) {
      const shortened = new Map(files).set(path, bytes.slice(0, length));
      await assertRefused(shortened, `${path} cut at ${length}`);
    }
    await assertRefused(new Map(files).set(path, Uint8Array.of(...bytes, 0)), `${path} lengthened`);
    const without = new Map(files);
    without.delete(path);
    if (path !== "/kv/SEAL") await assertRefused(without, `${path} missing`);
  }
  const last = files.get("/kv/00000002.log") ?? new Uint8Array();
  await assertRefused(new Map(files).set("/kv/00000003.log", last), "a segment added");
});

test("openLogStore() takes the seal away before the first write, and closing leaves a new one", async () => {
  const { files } = await sealedLog();
  const disk = new SimulatedDisk(files);
  const held = await openHeld(disk);
  assert.equal(
    disk
      .afterPowerCut(512, () => 0)
      .files()
      .has("/kv/SEAL"),
    false,
  );
  await writeGroups(held, 1);
  using recorded = recordEvents();
  await held.store[Symbol.asyncDispose]();
  assert.equal(
    disk
      .afterPowerCut(512, () => 0)
      .files()
      .has("/kv/SEAL"),
    true,
  );
  assert.deepEqual(
    recorded.events.map(({ type }) => type),
    ["sealed"],
  );
});

test("closing a store brings everything that was called to the disk, in every mode", async () => {
  for (const sync of ["always", "everysec", "never"] as const) {
    const disk = new SimulatedDisk();
    const { store } = await openHeld(disk, { sync });
    const { durable } = await store.createBucket(BUCKET);
    await store[Symbol.asyncDispose]();
    await durable;
    assert.match(await stateOn(disk.afterPowerCut(64, () => 0)), /at 1/u);
  }
});

test("openLogStore() names the version of a log or seal that is older or newer than it", async () => {
  const { files } = await sealedLog();
  const checksumsAt = { "/kv/00000001.log": 40, "/kv/00000002.log": 40, "/kv/SEAL": 64 };
  for (const [path, checksumAt] of Object.entries(checksumsAt)) {
    for (const found of [1, 2, 4]) {
      const other = withVersion(files.get(path) ?? new Uint8Array(), { found, checksumAt });
      const disk = new SimulatedDisk(new Map(files).set(path, other));
      await assert.rejects(stateOn(disk), (error) => {
        assert.ok(isStorageError(error, "STORAGE_FORMAT"), String(error));
        assert.deepEqual(error.details, { path, found, supported: 3 });
        assert.match(error.message, /; start it with the release that wrote it$/u);
        return true;
      });
    }
  }
});

test("a log whose seal does not read well opens whole once that file is deleted, as the message says", async () => {
  const { files, state } = await sealedLog();
  files.set("/kv/SEAL", new Uint8Array(68));
  await assert.rejects(stateOn(new SimulatedDisk(files)), (error) => {
    assert.ok(isStorageError(error, "STORAGE_DAMAGED"));
    assert.match(
      error.message,
      /^Cannot open "\/kv\/SEAL": damaged .*; restore .* or delete this one file, and the next start checks/u,
    );
    return true;
  });
  files.delete("/kv/SEAL");
  assert.equal(await stateOn(new SimulatedDisk(files)), state);
  const flipped = Uint8Array.from(files.get("/kv/00000001.log") ?? []);
  flipped[80] = (flipped[80] ?? 0) ^ 1;
  await assertRefused(new Map(files).set("/kv/00000001.log", flipped), "an older group");
});

test("openLogStore() refuses a log with later revisions than its seal knows", async () => {
  const { files } = await sealedLog();
  const reading = decodeSeal(files.get("/kv/SEAL") ?? new Uint8Array());
  assert.ok(reading.type === "seal");
  const lastRevision = reading.seal.lastRevision - 1;
  await assertRefused(
    new Map(files).set("/kv/SEAL", encodeSeal({ ...reading.seal, lastRevision })),
    "a seal from before the last revision",
  );
});

test("a seal that cannot be written costs nothing but the seal", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk);
  const states = await writeGroups(held, 2);
  disk.faults = ({ path }) =>
    path.includes("SEAL") ? { type: "error", code: "ENOSPC" } : undefined;
  using recorded = recordEvents();
  await held.store[Symbol.asyncDispose]();
  assert.deepEqual(
    recorded.events.map(({ type }) => type),
    ["not-sealed"],
  );
  assert.equal(await stateOn(disk.afterKill()), states[2]);
});

/** The same file as another version would write it: with a checksum that matches. */
function withVersion(
  bytes: Uint8Array,
  { found, checksumAt }: { readonly found: number; readonly checksumAt: number },
): Uint8Array {
  const other = Uint8Array.from(bytes);
  const view = new DataView(other.buffer);
  view.setUint32(4, found, true);
  view.setUint32(checksumAt, crc32(other.subarray(0, checksumAt)), true);
  return other;
}
