import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { CommandBench, openFolder } from "../../../test/command-bench.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";

suite("lines written by hand", () => {
  const options = { incomplete: true };

  test("may lack their last line feed, and need no line for a bucket", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    await writeFile(file, `${lineOf("k")}\n${lineOf("l")}`);
    const target = new CommandBench("target");
    const { result } = await target.run(importCommand, { words: [file], options });
    assert.partialDeepStrictEqual(result, { keys: 2, cutBytes: 0 });
    assert.equal(target.store.statistics().keys, 2);
    const typed = {
      words: { text: () => file, optional: () => file, list: () => [] },
      options: { flag: () => true, text: () => undefined, integer: () => undefined },
    };
    assert.equal(importCommand.format?.(result, typed), `Imported 2 keys from ${file}`);
  });

  test("are left out where they are cut anywhere before it", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    for (const cut of [1, 10, lineOf("l").length - 1]) {
      await writeFile(file, `${lineOf("k")}\n${lineOf("l").slice(0, -cut)}`);
      const target = new CommandBench("target");
      const { result } = await target.run(importCommand, { words: [file], options });
      assert.partialDeepStrictEqual(result, { keys: 1, cutBytes: lineOf("l").length - cut });
    }
  });

  test("are no folder, and have a name that is not too long", async () => {
    await using folder = await openFolder();
    const target = new CommandBench("target");
    const isFolder = /: it is a folder, not a file$/u;
    const words = [folder.file("")];
    await assert.rejects(target.run(importCommand, { words, options }), isFolder);
    await assert.rejects(target.run(exportCommand, { words }), isFolder);
    const overwrite = { words, options: { overwrite: true } };
    await assert.rejects(target.run(exportCommand, overwrite), isFolder);
    const long = { words: [folder.file("x".repeat(300))], options };
    await assert.rejects(target.run(importCommand, long), /: its name is too long$/u);
  });
});

/** A line without its line feed. */
function lineOf(key: string): string {
  return `{"type":"key","bucket":"b","key":"${key}","value":"v"}`;
}
