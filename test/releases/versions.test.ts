import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { findProgram } from "../harness/find-program.ts";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { runRelease, runToolOnTerminal } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";
import { assembleVariant } from "./variant.ts";

/** A release of the weather in two versions, of which 2.0.0 was assembled last. */
let umbrella: UmbrellaCopy;
let machine: Machine;
let path: string;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
  ({ path } = await assembleVariant(umbrella, `version: "1.2.0"`));
  const { run } = await assembleVariant(umbrella, `version: "2.0.0"`, { words: ["--overwrite"] });
  assert.equal(run.code, 0, run.stderr);
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function weather(): Released {
  return machine.release(path, withNode);
}

async function startedVersion(variables: Readonly<Record<string, string>> = {}): Promise<string> {
  await using _ = await weather().start(variables);
  const { version } = JSON.parse(await weather().printed("weather", "status", "--json"));
  return version;
}

suite("several versions of a release", () => {
  test("lie side by side", async () => {
    assert.deepEqual((await readdir(join(path, "lib"))).toSorted(), [
      "weather-1.2.0",
      "weather-2.0.0",
    ]);
    const releases = (await readdir(join(path, "releases"))).toSorted();
    assert.deepEqual(releases, ["1.2.0", "2.0.0", "COOKIE", "default-version"]);
  });

  test("the one that was assembled last is started, unless RELEASE_VSN says another", async () => {
    assert.equal(await startedVersion(), "2.0.0");
    assert.equal(await startedVersion({ RELEASE_VSN: "1.2.0" }), "1.2.0");
    const { code, stderr } = await weather().run(["start"], { RELEASE_VSN: "3.0.0" });
    assert.equal(code, 1);
    assert.match(stderr, /3\.0\.0/u);
  });

  test("each is verified by itself", async () => {
    const older = await weather().run(["verify"], { RELEASE_VSN: "1.2.0" });
    assert.equal(older.code, 0, older.stderr);
    assert.match(older.stdout, /1\.2\.0/u);
  });
});

suite("a release that is there already", () => {
  const words = ["weather"];

  test("is refused where nobody can be asked", async () => {
    const { code, stdout, stderr } = await runRelease(words, { cwd: umbrella.weather });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      stderr,
      "weather-2.0.0 is there already, in _build/prod/rel/weather; assemble it again with npm run release -- weather --overwrite\n",
    );
  });

  test("is asked about on a terminal", { skip: findProgram("script") === undefined }, async () => {
    const question = /weather-2\.0\.0 is there already.* Overwrite it\? \[y\/N\]/u;
    const cwd = umbrella.weather;
    const refused = await runToolOnTerminal("tools/release.ts", words, { cwd, typed: "n\r" });
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stdout, question);
    const agreed = await runToolOnTerminal("tools/release.ts", words, { cwd, typed: "y\r" });
    assert.equal(agreed.code, 0, agreed.stdout);
    assert.match(agreed.stdout, /\* assembling weather-2\.0\.0 on KV_ENV=prod/u);
  });

  test("--overwrite leaves other versions, data and tmp alone", async () => {
    const precious = ["data/weather/log", "tmp/weather.pid", "releases/1.2.0/vm.args"];
    for (const file of precious) {
      await mkdir(join(path, file, ".."), { recursive: true });
      await writeFile(join(path, file), "precious");
    }
    const stale = join(path, "lib/weather-2.0.0/stale.mjs");
    await writeFile(stale, "");
    const { code, stderr } = await runRelease([...words, "--overwrite"], { cwd: umbrella.weather });
    assert.equal(code, 0, stderr);
    for (const file of precious) {
      assert.equal(await readFile(join(path, file), "utf8"), "precious");
    }
    await assert.rejects(readFile(stale), { code: "ENOENT" });
  });
});
