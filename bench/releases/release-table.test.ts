import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ReleaseFigures } from "./measure-releases.ts";
import { missedTargets, releaseTable } from "./release-table.ts";

const good: ReleaseFigures = {
  assembleMs: [1200, 900, 30_000],
  bootMs: [240, 250, 900],
  folderBytes: 152e6,
  codeBytes: 1.2e6,
  archiveBytes: 55e6,
  archiveWithoutNodeBytes: 0.4e6,
  packMs: 6000,
  pidMs: [15, 20, 200],
  rpcMs: [180, 190, 900],
  stopMs: [100],
  idleBytes: [76e6, 77e6, 81e6],
};

suite("releaseTable()", () => {
  test("shows medians with their spread, beside the targets", () => {
    const table = releaseTable(good);
    assert.match(table, /^assembling foo +1\.20 s \(0\.90 s to 30\.00 s\) +10\.00 s$/mu);
    assert.match(table, /^foo\.tar\.gz, with Node +55\.00 MB +60\.00 MB$/mu);
    assert.match(
      table,
      /^memory of an idle node +77\.00 MB \(76\.00 MB to 81\.00 MB\) +80\.00 MB$/mu,
    );
    assert.match(table, /\nAll targets are met\.\n$/u);
  });

  test("names what was missed", () => {
    const bad = { ...good, archiveBytes: 61e6, bootMs: [351], rpcMs: [251] };
    assert.deepEqual(missedTargets(bad), ["archiveBytes", "bootMs", "rpcMs"]);
    assert.match(releaseTable(bad), /Missed: archiveBytes, bootMs, rpcMs\.\n$/u);
  });
});
