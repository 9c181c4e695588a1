import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";

/** Runs `npm run torture -- …words` without npm. */
function torture(...words: readonly string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [join(checkout, "tools", "torture.ts"), ...words], {
    cwd: checkout,
    encoding: "utf8",
    timeout: 60_000,
  });
}

suite("npm run torture", () => {
  test("kills as often as it is told, names its seed, and exits with 0", () => {
    const { status, stdout, stderr } = torture("--cycles", "2", "--seed", "7");
    assert.equal(status, 0, String(stderr));
    assert.match(String(stdout), /^seed 7: --cycles 2 --seed 7 replays it$/mu);
    assert.match(String(stdout), /^2 of 2 kills, \d+ writes acknowledged, \d+ in flight/mu);
  });

  test("explains its options", () => {
    assert.match(String(torture("--help").stdout), /^Usage: npm run torture/u);
    for (const words of [
      ["--cycles", "many"],
      ["--seed", "-1"],
      ["--faster"],
      ["--cluster", "--nodes", "4"],
    ]) {
      const { status, stderr } = torture(...words);
      assert.equal(status, 64);
      assert.match(String(stderr), /Usage: npm run torture/u);
    }
  });
});
