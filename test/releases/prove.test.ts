import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, suite, test } from "node:test";
import { makeTemporaryDirectory, type TemporaryDirectory } from "../harness/temporary-directory.ts";
import { runRelease } from "./run-tool.ts";
import { copyUmbrella, kvVersion, type UmbrellaCopy } from "./umbrella-copy.ts";

let umbrella: UmbrellaCopy;
/** Where proofs make their copies, and nobody else anything. */
let temporary: TemporaryDirectory;

before(async () => {
  umbrella = await copyUmbrella();
  temporary = await makeTemporaryDirectory();
});
after(async () => {
  await temporary[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const root of [umbrella.root, umbrella.weather, umbrella.greeter]) {
    await rm(join(root, "_build"), { recursive: true, force: true });
  }
});

suite("npm run release -- NAME --prove", () => {
  const releases = [
    ["foo", kvVersion, (): string => umbrella.root],
    ["weather", "1.2.0", (): string => umbrella.weather],
    ["greeter", "2.0.0", (): string => umbrella.greeter],
  ] as const;
  for (const [name, version, root] of releases) {
    test(`${name} serves where nothing of its project is`, async () => {
      const words = [name, "--prove"];
      const env = { TMPDIR: temporary.path };
      const { code, stdout, stderr } = await runRelease(words, { cwd: root(), env });
      assert.equal(code, 0, stderr);
      const sizes = String.raw`\d+\.\d MB \(code [0-3]\.\d MB, Node 1\d\d\.\d MB\)`;
      const proven = `^\\* proven: ${name}-${version} serves after \\d+ ms, answers, and stops in order; ${sizes}$`;
      assert.match(stdout, new RegExp(proven, "mu"));
      assert.deepEqual(await readdir(temporary.path), [], "the copy is gone");
    });
  }

  test("a release that does not start is shown with what it printed", async () => {
    await writeFile(
      join(umbrella.weather, "releases.ts"),
      `export const releases = {
  weather: {
    applications: { station: "permanent" },
    includeRuntime: false,
    proof: { variables: () => ({ PLACE_LIMIT: "many" }) },
  },
};
`,
    );
    const { code, stderr } = await runRelease(["weather", "--prove"], { cwd: umbrella.weather });
    assert.equal(code, 1);
    const lines = stderr.split("\n");
    assert.equal(
      lines[0],
      "Proving weather-1.2.0 failed: it ended (exit code 78) before it had started",
    );
    assert.match(stderr, /^Cannot start: PLACE_LIMIT="many": expected a whole number/mu);
  });

  test("a release for another platform is refused before it is assembled", async () => {
    const words = ["weather", "--prove", "--target", "win-x64"];
    const { code, stdout, stderr } = await runRelease(words, { cwd: umbrella.weather });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^Cannot prove weather for win-x64: it does not run on /u);
  });
});
