import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { flipped } from "./offline/testing/harm-files.ts";
import { DIRECTORY, writeStore } from "./offline/testing/write-store.ts";
import { type Content, SimulatedMachine } from "./simulation/simulated-machine.ts";
import { verifyStore } from "./verify-store.ts";

function verify(content: Content): Promise<number> {
  return verifyStore(SimulatedMachine.holding(DIRECTORY, content), DIRECTORY);
}

test("verifyStore() resolves to the number of keys of a store that is sound", async () => {
  assert.equal(await verify(await writeStore()), 8);
  assert.equal(await verify(await writeStore({ isCompacted: true })), 8);
  assert.equal(await verify(await writeStore({ hasSnapshot: true, goesOn: true })), 10);
});

test("verifyStore() rejects with the first damage", async () => {
  const content = await writeStore();
  const name = "00000002.log";
  const harmed = new Map(content)
    .set(name, flipped(content.get(name)!, 500))
    .set("00000004.log", new Uint8Array(10));
  await assert.rejects(verify(harmed), (error) => {
    assert.ok(isStorageError(error, "STORAGE_DAMAGED"), String(error));
    const { path, offsetBytes, reason } = error.details;
    assert.deepEqual(
      [path, offsetBytes, reason],
      [`${DIRECTORY}/${name}`, 484, "no sound group header begins here"],
    );
    return true;
  });
  const without = new Map(content);
  without.delete("00000005.log");
  await assert.rejects(verify(without), (error) => isStorageError(error, "STORAGE_DAMAGED"));
});
