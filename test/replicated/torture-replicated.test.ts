import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout, compileCache } from "../harness/checkout.ts";

/** Runs `npm run torture:replicated -- …words` without npm. */
function torture(...words: readonly string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [join(checkout, "tools", "torture-replicated.ts"), ...words], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    timeout: 60_000,
  });
}

suite("npm run torture:replicated", () => {
  test("explains its options", () => {
    assert.match(String(torture("--help").stdout), /^Usage: npm run torture:replicated/u);
    const { status, stderr } = torture("--only", "kill-primary,rain");
    assert.equal(status, 64);
    assert.match(String(stderr), /no fault "rain"\n\nUsage: npm run torture:replicated/u);
  });
});
