import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { makeTemporaryDirectory, type TemporaryDirectory } from "../harness/temporary-directory.ts";
import { type FuseReleases, fuseVersion, openFuseReleases } from "./fuse.ts";
import type { Released } from "./released.ts";

let releases: FuseReleases;
/** For files that are not the release's. */
let outside: TemporaryDirectory;

before(async () => {
  [releases, outside] = await Promise.all([
    openFuseReleases(["permanent"]),
    makeTemporaryDirectory(),
  ]);
});
after(async () => {
  await releases[Symbol.asyncDispose]();
  await outside[Symbol.asyncDispose]();
});

function released(variables: Readonly<Record<string, string>> = {}): Released {
  return releases.release("permanent", variables);
}

async function write(name: string, text: string): Promise<string> {
  const path = join(outside.path, name);
  await writeFile(path, text);
  return path;
}

const notHere = process.platform === "linux" ? false : "what a process is, is asked of Linux";

suite("the variables of a release, with a node that runs", { skip: notHere }, () => {
  test("RELEASE_NODE: two nodes of one release, each with its own pid", async () => {
    const second = released({ RELEASE_NODE: "second" });
    await using one = await released().start();
    await using two = await second.start();
    assert.equal(await released().printed("pid"), `${one.pid}\n`);
    assert.equal(await second.printed("pid"), `${two.pid}\n`);
    assert.equal(await second.printed("rpc", "console.log(node.name)"), "second\n");
    await second.printed("stop");
    assert.deepEqual(await two.exit(), { code: 0, signal: null });
    assert.equal(await released().printed("rpc", "console.log(node.name)"), "permanent\n");
  });

  test("RELEASE_TMP: where the pid is, and whoever asks has to say the same", async () => {
    const folder = join(outside.path, "a folder", "tmp");
    const there = released({ RELEASE_TMP: folder });
    await using node = await there.start();
    const [pid] = (await readFile(join(folder, "permanent.pid"), "utf8")).split("\n");
    assert.equal(pid, String(node.pid));
    assert.equal(await there.printed("pid"), `${node.pid}\n`);
    assert.equal((await released().run(["pid"])).code, 1);
    await there.printed("restart");
    await there.printed("stop");
    assert.deepEqual(await node.exit(), { code: 0, signal: null });
  });

  test("RELEASE_COOKIE: wins over the file, for the node and for whoever asks", async () => {
    const given = released({ RELEASE_COOKIE: "given" });
    await using _ = await given.start();
    assert.equal(await given.printed("rpc", "console.log(1)"), "1\n");
    const { code, stderr } = await released().run(["rpc", "1"]);
    assert.equal(code, 1);
    assert.match(stderr, /its cookie is another one/u);
  });

  test("RELEASE_MODE and RELEASE_DISTRIBUTION: what they may be, and one line for all else", async () => {
    for (const variables of [
      { RELEASE_MODE: "interactive" },
      { RELEASE_DISTRIBUTION: "none" },
      { RELEASE_DISTRIBUTION: "name", RELEASE_NODE: "permanent@host.example.org" },
    ]) {
      const allowed = released(variables);
      await using node = await allowed.start();
      const [name, value = ""] = Object.entries(variables)[0] ?? [];
      const code = `console.log(process.env.${name})`;
      assert.equal(await allowed.printed("rpc", code), `${value}\n`);
      assert.deepEqual(await node.stop(), { code: 0, signal: null });
    }
    for (const [variables, line] of [
      [{ RELEASE_MODE: "lazy" }, 'RELEASE_MODE is embedded or interactive, not "lazy"'],
      [{ RELEASE_DISTRIBUTION: "far" }, 'RELEASE_DISTRIBUTION is sname, name or none, not "far"'],
      [{ RELEASE_NODE: "../up" }, 'RELEASE_NODE is the name of a node, not "../up"'],
    ] as const) {
      for (const word of ["start", "daemon", "rpc", "remote", "pid", "stop", "eval", "config"]) {
        const run = await released(variables).run([word, "1"]);
        assert.deepEqual([run.code, run.stdout, run.stderr], [1, "", `${line}\n`], word);
      }
    }
  });

  test("RELEASE_VM_ARGS is for the node, RELEASE_REMOTE_VM_ARGS for whoever asks it", async () => {
    const flags = await write("vm.args", "--title=weatherman # of the node\n");
    const bogus = await write("bogus.args", "--no-such-flag\n");
    const node = released({ RELEASE_VM_ARGS: flags });
    await using _ = await node.start();
    const asked = "console.log(process.title, process.execArgv)";
    assert.equal(await node.printed("rpc", asked), "weatherman [ '--title=weatherman' ]\n");
    const { code, stderr } = await released({ RELEASE_REMOTE_VM_ARGS: bogus }).run(["rpc", "1"]);
    assert.equal(code, 9, "Node's own code for flags");
    assert.match(stderr, /bad option: --no-such-flag/u);
    const missing = join(outside.path, "none.args");
    for (const [variable, word] of [
      ["RELEASE_VM_ARGS", "eval"],
      ["RELEASE_REMOTE_VM_ARGS", "rpc"],
    ] as const) {
      const run = await released({ [variable]: missing }).run([word, "1"]);
      const line = `${missing}, which holds flags of Node, is not there or may not be read\n`;
      assert.deepEqual([run.code, run.stderr], [1, line]);
    }
  });

  test("RELEASE_SYS_CONFIG: another runtime file, which has to be there", async () => {
    await mkdir(join(outside.path, "etc"));
    const shipped = join(released().root, "releases", fuseVersion, "runtime.mjs");
    const text = await readFile(shipped, "utf8");
    const other = await write("etc/own.mjs", text.replace(/placeLimit: .*\}/u, "placeLimit: 3 }"));
    const own = released({ RELEASE_SYS_CONFIG: other });
    await using _ = await own.start();
    assert.match(await own.printed("config"), /^station\.placeLimit +3 +.*own\.mjs$/mu);
    const none = join(outside.path, "etc/none.mjs");
    const run = await released({ RELEASE_SYS_CONFIG: none, RELEASE_NODE: "other" }).run(["start"]);
    assert.equal(run.code, 78);
    assert.match(run.stderr, /^Cannot start: .*none\.mjs.*\n$/u);
  });
});
