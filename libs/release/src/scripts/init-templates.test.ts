import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { initTemplates } from "./init-templates.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kv-templates-"));
});
afterEach(async () => await rm(root, { recursive: true }));

const read = async (name: string): Promise<string> =>
  await readFile(join(root, "rel", name), "utf8");

/** What it said; `answer` stands for a person at a terminal. */
async function init(force: boolean, answer?: boolean): Promise<readonly string[]> {
  const said: string[] = [];
  const ask = async (question: string): Promise<boolean> => {
    said.push(question);
    return answer === true;
  };
  const say = (line: string): void => void said.push(line);
  await initTemplates({ root, force, ask: answer === undefined ? undefined : ask, say });
  return said;
}

describe("initTemplates()", () => {
  test("writes the four, telling each, and leaves alone what is the same", async () => {
    assert.deepEqual(await init(false), [
      "creating rel/env.sh",
      "creating rel/env.bat",
      "creating rel/vm.args",
      "creating rel/remote.vm.args",
    ]);
    const text = await read("env.sh");
    for (const wanted of ["{{name}}", "{{node}}", "RELEASE_DISTRIBUTION", "heart", "umask 077"]) {
      assert.ok(text.includes(wanted), wanted);
    }
    assert.match(await read("vm.args"), /\{\{name\}\} \{\{version\}\}/u);
    await writeFile(join(root, "rel/env.bat"), (await read("env.bat")).replaceAll("\n", "\r\n"));
    assert.deepEqual(await init(false), [
      "rel/env.sh is there already",
      "rel/env.bat is there already",
      "rel/vm.args is there already",
      "rel/remote.vm.args is there already",
    ]);
  });

  describe("with a file that somebody has changed", () => {
    beforeEach(async () => {
      await init(false);
      await writeFile(join(root, "rel/vm.args"), "--mine\n");
      await rm(join(root, "rel/env.bat"));
    });

    test("writes nothing where nobody can be asked, and names the way out", async () => {
      await assert.rejects(init(false), {
        code: "RELEASE_REFUSED",
        message:
          "rel/vm.args is not as it would be written; nothing was written: --force overwrites (with npm: -- --force), or move what is there away",
      });
      await assert.rejects(read("env.bat"), { code: "ENOENT" });
    });

    test("asks, and keeps it for no", async () => {
      const said = await init(false, false);
      assert.deepEqual(said.slice(1, 4), [
        "creating rel/env.bat",
        "rel/vm.args was changed. Overwrite it?",
        "leaving rel/vm.args as it is",
      ]);
      assert.equal(await read("vm.args"), "--mine\n");
    });

    test("asks, and overwrites it for yes", async () => {
      assert.ok((await init(false, true)).includes("overwriting rel/vm.args"));
      assert.notEqual(await read("vm.args"), "--mine\n");
    });

    test("does not ask with force", async () => {
      assert.ok((await init(true, false)).includes("overwriting rel/vm.args"));
      assert.notEqual(await read("vm.args"), "--mine\n");
    });
  });
});
