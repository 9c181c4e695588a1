import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { isSystemError } from "../system-reason.ts";
import { SimulatedMachine } from "./simulated-machine.ts";

const CONTENT = Uint8Array.of(1, 2, 3);
const NEW = { file: "new", syncsEveryWrite: false } as const;

async function writeFile(machine: SimulatedMachine, path: string): Promise<void> {
  const file = await machine.open(path, NEW);
  await file.write(CONTENT, 0);
  await file.sync();
}

test("a directory that was renamed has its new name after a power cut once its parent was synced", async () => {
  const machine = new SimulatedMachine();
  await machine.makeDirectory("/a");
  await writeFile(machine, "/a/file");
  await machine.syncDirectory("/a");
  await machine.rename("/a", "/b");
  assert.deepEqual([machine.has("/a"), machine.has("/b")], [false, true]);
  const lost = machine.afterPowerCut(16, () => 0);
  assert.deepEqual([lost.has("/a"), lost.has("/b")], [true, false]);
  await machine.syncDirectory("/");
  const kept = machine.afterPowerCut(16, () => 0);
  assert.deepEqual([kept.has("/a"), kept.has("/b")], [false, true]);
  assert.deepEqual(kept.content("/b").get("file"), CONTENT);
  await assert.rejects(machine.list("/a"), (error) => isSystemError(error, "ENOENT"));
});

test("a call that starts late has done nothing before it is let go, one that returns late has", async () => {
  const machine = new SimulatedMachine();
  await machine.makeDirectory("/a");
  const file = await machine.open("/a/file", NEW);
  machine.pace = () => "late-start";
  const late = file.write(CONTENT, 0);
  await setImmediate();
  assert.deepEqual(machine.content("/a").get("file"), new Uint8Array());
  machine.pace = () => "late-return";
  const early = file.write(CONTENT, 3);
  await setImmediate();
  assert.equal(machine.content("/a").get("file")?.length, 6);
  assert.equal(machine.waiting, 2);
  while (machine.waiting > 0) machine.letGo(() => 0);
  await Promise.all([late, early]);
  assert.deepEqual(machine.content("/a").get("file"), Uint8Array.of(1, 2, 3, 1, 2, 3));
});

test("what is killed while it waits never reaches the disk that is found then", async () => {
  const machine = new SimulatedMachine();
  await machine.makeDirectory("/a");
  const file = await machine.open("/a/file", NEW);
  machine.pace = () => "late-start";
  void file.write(CONTENT, 0);
  const after = machine.afterKill();
  machine.letGo(() => 0);
  await setImmediate();
  assert.equal(after.content("/a").get("file")?.length, 0);
});

test("faults are counted apart for reads and all else, and short calls are none", async () => {
  const machine = new SimulatedMachine();
  await machine.makeDirectory("/a");
  await writeFile(machine, "/a/file");
  const paths: string[] = [];
  machine.faults = ({ type, path }) => {
    paths.push(`${type} ${path}`);
    return type === "write" ? { type: "short", bytes: 1 } : { type: "error", code: "EIO" };
  };
  await assert.rejects(machine.openForReading("/a/file"), (error) => isSystemError(error, "EIO"));
  await assert.rejects(machine.remove("/a/file"), (error) => isSystemError(error, "EIO"));
  await assert.rejects(machine.syncDirectory("/a"), (error) => isSystemError(error, "EIO"));
  assert.deepEqual([machine.readFaults, machine.writeFaults], [1, 2]);
  assert.deepEqual(paths, ["open-for-reading /a/file", "remove /a/file", "sync-directory /a"]);
});
