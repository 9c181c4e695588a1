import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { writeScripts } from "./write-scripts.ts";

const write = async ({ release, assembly }: ToyRelease): Promise<void> =>
  await writeScripts(release, assembly);

const read = async ({ release }: ToyRelease, name: string): Promise<string> =>
  await readFile(join(release.path, name), "utf8");

const names = async ({ release }: ToyRelease, folder: string): Promise<readonly string[]> =>
  (await readdir(join(release.path, folder))).toSorted();

describe("writeScripts()", () => {
  test("writes the scripts of the target's system", async () => {
    await using toy = await openToyRelease();
    await write(toy);
    assert.deepEqual(await names(toy, "bin"), ["toy"]);
    assert.deepEqual(await names(toy, "releases/1.0.0"), [
      "env.sh",
      "remote.vm.args",
      "start.sh",
      "vm.args",
    ]);
    const modes = ["bin/toy", "releases/1.0.0/env.sh", "releases/1.0.0/start.sh"].map(
      async (name) => ((await stat(join(toy.release.path, name))).mode & 0o777).toString(8),
    );
    assert.deepEqual(await Promise.all(modes), ["755", "644", "644"]);
    assert.deepEqual(toy.said, ["writing bin/toy"]);
    assert.equal(
      await read(toy, "releases/1.0.0/start.sh"),
      `# Written by the assembly, for bin/toy.
RELEASE_RUNTIME='runtime/node-${process.versions.node}-linux-x64/node'
RELEASE_NODE_VERSION='${process.versions.node}'
RELEASE_TARGET='linux-x64'
RELEASE_PROGRAM='lib/toy-1.0.0/main.mjs'
RELEASE_WORD='toys'
`,
    );
  });

  test("writes those that are asked for, and removes what is not", async () => {
    await using toy = await openToyRelease('{ executables: ["windows"], includeRuntime: false }');
    await toy.folder.write({ "_build/prod/rel/toy/bin/toy": "of another time" });
    await write(toy);
    assert.deepEqual(await names(toy, "bin"), ["toy.bat"]);
    assert.deepEqual(await names(toy, "releases/1.0.0"), [
      "env.bat",
      "remote.vm.args",
      "start.bat",
      "vm.args",
    ]);
    assert.match(await read(toy, "releases/1.0.0/start.bat"), /^@set "RELEASE_RUNTIME="\r$/mu);
    assert.match(
      await read(toy, "releases/1.0.0/start.bat"),
      /^@set "RELEASE_PROGRAM=lib\\toy-1\.0\.0\\main\.mjs"\r$/mu,
    );
  });

  test("takes the project's templates before the built-in ones, with its name, version and node", async () => {
    const files = {
      "rel/env.sh": "# {{name}} {{ version }} {{node}} ${A:-{{name}}}\r\n",
      "rel/vm.args": "--title={{name}}\n",
    };
    await using toy = await openToyRelease("{}", { files });
    await write(toy);
    assert.equal(await read(toy, "releases/1.0.0/env.sh"), "# toy 1.0.0 toy ${A:-toy}\n");
    assert.equal(await read(toy, "releases/1.0.0/vm.args"), "--title=toy\n");
    assert.match(
      await read(toy, "releases/1.0.0/remote.vm.args"),
      /talk to a node of toy 1\.0\.0/u,
    );
  });

  test("names file and line of a placeholder that there is not, and writes nothing", async () => {
    await using toy = await openToyRelease('{ templates: "mine" }', {
      files: { "mine/env.sh": "# {{name}}\n\necho {{host}}\n" },
    });
    await assert.rejects(write(toy), {
      code: "RELEASE_REFUSED",
      message: "mine/env.sh:3: there is no {{host}}; there are {{name}}, {{version}}, {{node}}",
    });
    assert.deepEqual(await names(toy, "bin"), []);
  });

  test("names file and line of a flag that Node does not have", async () => {
    const files = { "rel/remote.vm.args": "# mine\n--bogus\n" };
    await using toy = await openToyRelease("{}", { files });
    await assert.rejects(write(toy), {
      message: /^rel\/remote\.vm\.args:2: Node has no flag --bogus;/u,
    });
  });
});

describe("bin/NAME.bat", () => {
  test("has the line ends of Windows, labels for all that is gone to, and nothing to be filled in", async () => {
    await using toy = await openToyRelease('{ executables: ["windows"] }');
    await write(toy);
    const text = await read(toy, "bin/toy.bat");
    assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
    assert.equal(text.includes("{{"), false);
    const lines = text.split("\r\n").filter((line) => !line.startsWith("rem "));
    const labels = new Set(
      lines.filter((line) => line.startsWith(":")).map((line) => line.slice(1)),
    );
    const used = [...lines.join("\n").matchAll(/\b(?:goto |call :)(\w+)/gu)].map(
      ([, label]) => label,
    );
    assert.deepEqual(new Set(used), labels);
  });
});
