import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { reasonAgainstHosts } from "./host-network.ts";

/** Runs `npm run torture:hosts -- …words` without npm. */
function torture(...words: readonly string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [join(checkout, "tools", "torture-hosts.ts"), ...words], {
    cwd: checkout,
    encoding: "utf8",
    timeout: 60_000,
  });
}

suite("npm run torture:hosts", () => {
  test("plays as often as it is told, names its seed, and exits with 0", {
    skip: reasonAgainstHosts(),
  }, () => {
    const words = ["--cycles", "2", "--seed", "7", "--only", "blip,delay"];
    const { status, stdout, stderr } = torture(...words);
    assert.equal(status, 0, String(stderr));
    assert.match(
      String(stdout),
      /^seed 7: --cycles 2 --seed 7 --only blip,delay replays it\n(?:.*; served again after \d+ ms .*\n){2}(?:over|without) TLS: \d+ writes acknowledged.*\n2 faults, served again after \d+ ms at the latest\n$/u,
    );
  });

  test("explains its options", () => {
    assert.match(String(torture("--help").stdout), /^Usage: npm run torture:hosts/u);
    for (const words of [["--cycles", "0"], ["--seed", "-1"], ["--only", "rain"], ["--faster"]]) {
      const { status, stderr } = torture(...words);
      assert.equal(status, 64);
      assert.match(String(stderr), /Usage: npm run torture:hosts/u);
    }
  });
});
