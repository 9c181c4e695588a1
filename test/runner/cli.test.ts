import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";

/** Runs `npm test -- …words` without npm. */
function npmTest(...words: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"];
  return spawnSync(process.execPath, [join(checkout, "tools", "test.ts"), ...words], {
    cwd: checkout,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
}

suite("npm test", () => {
  test("runs one file, prints its suite's time, and ends with the sum alone on a line", () => {
    const { status, stdout } = npmTest("test/harness/random.test.ts");
    assert.equal(status, 0);
    assert.match(stdout, /^harness +\d+ +0 +0 +\d+\.\d s$/mu);
    assert.match(stdout, /^[1-9]\d* passed, 0 failed, 0 skipped\n$/mu);
  });

  test("fails on a word that names nothing", () => {
    const { status, stdout, stderr } = npmTest("harnes");
    assert.equal(status, 1);
    assert.match(stderr, /"harnes" is no suite and no test file/u);
    assert.equal(stdout, "");
  });

  test("explains itself", () => {
    const { status, stdout } = npmTest("--help");
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: npm test/u);
  });
});
