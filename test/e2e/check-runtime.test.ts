import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { findProgram } from "../harness/find-program.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

/** What the check before start and test says on a machine whose `node` is this script; nothing when all is well. */
async function check(
  node: string | undefined,
  { installed = true } = {},
): Promise<{ readonly status: number | null; readonly said: string }> {
  await using machine = await makeTemporaryDirectory();
  const bin = join(machine.path, "bin");
  await mkdir(bin);
  if (installed) await mkdir(join(machine.path, "node_modules"));
  for (const program of ["sh", "head", "uname"]) {
    await symlink(findProgram(program) ?? program, join(bin, program));
  }
  if (node !== undefined) {
    await writeFile(join(bin, "node"), `#!/bin/sh\n${node}\n`, { mode: 0o755 });
  }
  const { status, stderr } = spawnSync(
    join(bin, "sh"),
    [join(checkout, "tools", "check-runtime.sh")],
    { cwd: machine.path, env: { PATH: bin }, encoding: "utf8" },
  );
  return { status, said: stderr };
}

const missing: readonly [what: string, node: string | undefined, said: RegExp][] = [
  ["Node", undefined, /npm ci/u],
  ["the Node of the lock file", "echo v18.20.0", /needs Node 26\.10\.0.*v18\.20\.0.*npm ci/u],
  [
    "libatomic",
    "echo 'node: error while loading shared libraries: libatomic.so.1: cannot open' >&2; exit 127",
    /libatomic\.so\.1.*apt-get install libatomic1/u,
  ],
  [
    "libstdc++",
    "echo 'node: error while loading shared libraries: libstdc++.so.6: cannot open' >&2; exit 127",
    /libstdc\+\+\.so\.6.*apt-get install libstdc\+\+6/u,
  ],
];

suite("what is missing on the machine is said in one sentence", () => {
  for (const [what, node, sentence] of missing) {
    test(`when it is ${what}`, async () => {
      const { status, said } = await check(node);
      assert.equal(status, 1);
      assert.match(said, /^KV cannot run here: [^\n]+\n$/u);
      assert.match(said, sentence);
    });
  }

  test("when npm ci has not been run", async () => {
    const { status, said } = await check("echo v26.10.0", { installed: false });
    assert.equal(status, 1);
    assert.match(said, /^KV cannot run here: [^\n]*npm ci[^\n]*\n$/u);
  });

  test("and nothing is said when nothing is missing", async () => {
    assert.deepEqual(await check("echo v26.10.0"), { status: 0, said: "" });
  });
});
