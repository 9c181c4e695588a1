import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, suite, test } from "node:test";
import { findProgram } from "../harness/find-program.ts";
import type { Operated } from "../harness/operator.ts";
import { type Machine, openMachine, withNode } from "./released.ts";
import { runTool, runToolOnTerminal } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";
import { assembleVariant } from "./variant.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});
afterEach(() => rm(join(umbrella.weather, "rel"), { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  const path = join(umbrella.weather, file);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

function init(...words: readonly string[]): Promise<Operated> {
  const command = [process.execPath, "tools/release-init.ts", ...words];
  return runTool(command, { cwd: umbrella.weather });
}

const templates = ["env.bat", "env.sh", "remote.vm.args", "vm.args"];

suite("a release's templates", () => {
  test("env.sh is read before every command, with its variables filled in", async () => {
    await write("rel/env.sh", `export PLACE_LIMIT=7 # {{name}}-{{version}} {{node}}\n`);
    const { path, run } = await assembleVariant(umbrella, "");
    assert.equal(run.code, 0, run.stderr);
    const text = await readFile(join(path, "releases/1.2.0/env.sh"), "utf8");
    assert.equal(text, "export PLACE_LIMIT=7 # weather-1.2.0 weather\n");
    const config = await machine.release(path, withNode).printed("config");
    assert.match(config, /^station\.placeLimit +7 +PLACE_LIMIT in /mu);
  });

  test("vm.args has Node's flags; blanks and comments are as one expects", async () => {
    await write(
      "rel/vm.args",
      `# for {{name}}\n--max-old-space-size=99 "--diagnostic-dir=/nowhere/at all"   # more\n\n--no-warnings\n`,
    );
    const { path } = await assembleVariant(umbrella, "");
    await using node = await machine.release(path, withNode).start();
    const [, ...words] = (await readFile(`/proc/${node.pid}/cmdline`, "utf8")).split("\0");
    const program = words.findIndex((word) => word.endsWith("main.mjs"));
    assert.deepEqual(words.slice(0, program), [
      "--max-old-space-size=99",
      "--diagnostic-dir=/nowhere/at all",
      "--no-warnings",
    ]);
  });

  test("an unknown flag is named with its line, and nothing is assembled", async () => {
    await write("rel/vm.args", "--no-warnings\n\n--max-old-spice-size=99\n");
    const { run } = await assembleVariant(umbrella, "");
    assert.equal(run.code, 1);
    assert.match(run.stderr, /rel\/vm\.args:3.*--max-old-spice-size/u);
  });

  test("a folder of another name, as the option templates says", async () => {
    await write("operations/env.sh", "export PLACE_LIMIT=9\n");
    const { path } = await assembleVariant(umbrella, `templates: "operations"`);
    const text = await readFile(join(path, "releases/1.2.0/env.sh"), "utf8");
    assert.equal(text, "export PLACE_LIMIT=9\n");
  });
});

suite("npm run release:init", () => {
  test("writes the templates, with their examples", async () => {
    const { code, stdout } = await init();
    assert.equal(code, 0);
    assert.deepEqual((await readdir(join(umbrella.weather, "rel"))).toSorted(), templates);
    for (const name of templates) assert.ok(stdout.includes(`* creating rel/${name}\n`), stdout);
    const env = await readFile(join(umbrella.weather, "rel/env.sh"), "utf8");
    for (const example of [
      "{{name}}",
      "{{node}}",
      "# export RELEASE_DISTRIBUTION",
      "RELEASE_HEART",
    ]) {
      assert.ok(env.includes(example), example);
    }
    // What it has written is what a release has anyway.
    const { path, run } = await assembleVariant(umbrella, "");
    assert.equal(run.code, 0, run.stderr);
    const written = await readFile(join(path, "releases/1.2.0/env.sh"), "utf8");
    assert.match(written, /^# Read by bin\/weather before every command/mu);
  });

  test("refuses to overwrite what was changed, where nobody can be asked", async () => {
    await write("rel/vm.args", "--no-warnings\n");
    const { code, stderr } = await init();
    assert.equal(code, 1);
    assert.match(stderr, /^rel\/vm\.args is not as it would be written; nothing was written/u);
    assert.deepEqual(await readdir(join(umbrella.weather, "rel")), ["vm.args"]);
  });

  test("overwrites it with --force", async () => {
    await write("rel/vm.args", "--no-warnings\n");
    const { code, stdout } = await init("--force");
    assert.equal(code, 0);
    assert.match(stdout, /^\* overwriting rel\/vm\.args$/mu);
    const text = await readFile(join(umbrella.weather, "rel/vm.args"), "utf8");
    assert.doesNotMatch(text, /^--no-warnings/mu);
  });

  test("asks on a terminal", { skip: findProgram("script") === undefined }, async () => {
    await write("rel/vm.args", "--no-warnings\n");
    const options = { cwd: umbrella.weather, typed: "n\r" };
    const { code, stdout } = await runToolOnTerminal("tools/release-init.ts", [], options);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /rel\/vm\.args was changed\. Overwrite it\?/u);
    assert.equal(await readFile(join(umbrella.weather, "rel/vm.args"), "utf8"), "--no-warnings\n");
    assert.deepEqual((await readdir(join(umbrella.weather, "rel"))).toSorted(), templates);
  });
});
