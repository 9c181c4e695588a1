import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { isRunning } from "./process-guard.ts";
import { openSmallDisk } from "./small-disk.ts";

suite("openSmallDisk()", () => {
  test("makes a folder of its own size, and leaves nothing of it", async (t) => {
    const opened = await openSmallDisk(2 ** 20);
    if (typeof opened === "string") return t.skip(opened);
    await using disk = opened;
    const [program, ...words] = [...disk.launcher, "ls", disk.path];
    writeFileSync(join(disk.outsidePath, "half"), new Uint8Array(2 ** 19));
    assert.equal(spawnSync(program, words, { encoding: "utf8" }).stdout, "half\n");
    assert.throws(() => writeFileSync(join(disk.outsidePath, "whole"), new Uint8Array(2 ** 20)), {
      code: "ENOSPC",
    });
    assert.ok(!existsSync(join(disk.path, "half")), "nobody else sees it");
    const { path, outsidePath } = disk;
    await disk[Symbol.asyncDispose]();
    assert.ok(!isRunning(Number(outsidePath.split("/")[2])));
    assert.ok(!existsSync(path));
    return undefined;
  });
});
