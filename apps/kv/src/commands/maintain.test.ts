import assert from "node:assert/strict";
import { resolve } from "node:path";
import { suite, test } from "node:test";
import { CommandBench } from "../../test/command-bench.ts";
import type { NodeKv } from "../kv.ts";
import { backupCommand } from "./backup.ts";
import { compactCommand } from "./compact.ts";

/** A bench whose engine offers `offered`. */
function benchWith(offered: ReturnType<NodeKv["maintenance"]>): CommandBench {
  const bench = new CommandBench();
  Object.assign(bench.store, offered);
  return bench;
}

suite("compact", () => {
  test("says what the engine did, for people and programs", async () => {
    const bench = benchWith({
      compact: async ({ onProgress } = {}) => {
        onProgress?.(1, 2);
        return { beforeBytes: 2048, afterBytes: 5 };
      },
    });
    const { result } = await bench.run(compactCommand);
    assert.deepEqual(result, { beforeBytes: 2048, afterBytes: 5 });
  });

  test("fails in one line where the engine has nothing to compact", async () => {
    await assert.rejects(new CommandBench().run(compactCommand), {
      message: "Cannot compact: this engine cannot",
    });
  });
});

suite("backup", () => {
  test("means the folder as the operator sees it, not the node", async () => {
    const figures = { segments: 1, bytes: 100, keys: 2, lastRevision: 3 };
    const bench = benchWith({ backup: async (directory) => ({ directory, ...figures }) });
    const { result } = await bench.run(backupCommand, { words: ["copies/today"] });
    assert.deepEqual(result, { directory: resolve("copies/today"), ...figures });
  });

  test("fails in one line where the engine has none", async () => {
    await assert.rejects(new CommandBench().run(backupCommand, { words: ["x"] }), {
      message: "Cannot back up: this engine cannot",
    });
  });
});
