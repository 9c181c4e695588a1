import assert from "node:assert/strict";
import { test } from "node:test";
import { readFully, writeFullySync } from "../file-port.ts";
import { isSystemError } from "../system-reason.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const PATH = "/kv/file";
const CONTENT = Uint8Array.of(1, 2, 3, 4, 5);

test("a file that is open for reading stays readable when its name is gone", async () => {
  const disk = new SimulatedDisk([[PATH, CONTENT]]);
  const reader = await disk.openForReading(PATH);
  await disk.remove(PATH);
  const into = new Uint8Array(8);
  assert.equal(await readFully(reader, into, 1), 4);
  assert.deepEqual(into, Uint8Array.of(2, 3, 4, 5, 0, 0, 0, 0));
  await reader.close();
  await assert.rejects(reader.read(into, 0), (error) => isSystemError(error, "EBADF"));
  await assert.rejects(disk.openForReading(PATH), (error) => isSystemError(error, "ENOENT"));
  await assert.rejects(disk.size(PATH), (error) => isSystemError(error, "ENOENT"));
});

test("reads fail and fall short as a test says", async () => {
  const disk = new SimulatedDisk([[PATH, CONTENT]]);
  const reader = await disk.openForReading(PATH);
  const into = new Uint8Array(5);
  disk.faults = () => ({ type: "short", bytes: 2 });
  assert.equal(await reader.read(into, 0), 2);
  assert.equal(await readFully(reader, into, 0), 5);
  disk.faults = ({ type }) => (type === "read" ? { type: "error", code: "EIO" } : undefined);
  await assert.rejects(reader.read(into, 0), (error) => isSystemError(error, "EIO"));
  await assert.rejects(disk.read(PATH), (error) => isSystemError(error, "EIO"));
});

test("writeSync() is seen at once and is as little on the disk as any write", async () => {
  const disk = new SimulatedDisk();
  const file = await disk.open(PATH, { file: "new", syncsEveryWrite: false });
  await disk.syncDirectory("/kv");
  disk.hold();
  disk.faults = ({ type }) => (type === "write" ? { type: "short", bytes: 2 } : undefined);
  writeFullySync(file, CONTENT, 0);
  assert.deepEqual(disk.files().get(PATH), CONTENT);
  assert.equal(await disk.size(PATH), CONTENT.length);
  assert.deepEqual(
    disk
      .afterPowerCut(512, () => 0)
      .files()
      .get(PATH),
    new Uint8Array(),
  );
  disk.faults = () => ({ type: "short", bytes: 0 });
  assert.throws(
    () => writeFullySync(file, CONTENT, 0),
    (error) => isSystemError(error, "ENOSPC"),
  );
});
