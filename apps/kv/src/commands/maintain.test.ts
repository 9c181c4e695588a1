import assert from "node:assert/strict";
import { resolve } from "node:path";
import { suite, test } from "node:test";
import { CommandBench } from "../../test/command-bench.ts";
import type { StoreMaintenance } from "../store-maintenance.ts";
import { backupCommand } from "./backup.ts";
import { compactCommand } from "./compact.ts";

/** A bench whose engine offers `offered`. */
function benchWith(offered: StoreMaintenance): CommandBench {
  const bench = new CommandBench();
  Object.assign(bench.store, offered);
  return bench;
}

suite("compact", () => {
  test("says what the engine did, for people and programs", async () => {
    const bench = benchWith({
      compact: async ({ onProgress }) => {
        onProgress({ doneBytes: 1, totalBytes: 2 });
        return { freedBytes: 2048, tookMs: 5 };
      },
    });
    const { result } = await bench.run(compactCommand);
    assert.deepEqual(result, { freedBytes: 2048, tookMs: 5 });
  });

  test("fails in one line where the engine has nothing to compact", async () => {
    await assert.rejects(new CommandBench().run(compactCommand), {
      message: "Cannot compact: this engine cannot",
    });
  });
});

suite("backup", () => {
  test("means the folder as the operator sees it, not the node", async () => {
    const bench = benchWith({ backup: async (directory) => ({ bytes: directory.length }) });
    const { result } = await bench.run(backupCommand, { words: ["copies/today"] });
    const directory = resolve("copies/today");
    assert.deepEqual(result, { directory, bytes: directory.length });
  });

  test("fails in one line where the engine has none", async () => {
    await assert.rejects(new CommandBench().run(backupCommand, { words: ["x"] }), {
      message: "Cannot back up: this engine cannot",
    });
  });
});
