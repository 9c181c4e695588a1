import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import type { Operated } from "../harness/operator.ts";
import { ask } from "./clients.ts";
import { filesBelow } from "./folder.ts";
import { type Machine, openMachine, type Released } from "./released.ts";
import { runRelease, runTool } from "./run-tool.ts";
import { copyUmbrella, kvVersion, type UmbrellaCopy } from "./umbrella-copy.ts";

/** The umbrella's releases, each assembled once into a folder with a space in its path. */
let umbrella: UmbrellaCopy;
let home: string;
let machine: Machine;
const assembled = new Map<string, Operated>();

function folderOf(name: string): string {
  return join(home, "a folder", name);
}

function release(name: string): Released {
  return machine.release(folderOf(name));
}

/** Starts nodes that are stopped together. */
async function startAll(...names: readonly string[]): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  for (const name of names) stack.use(await release(name).start());
  return stack.move();
}

/** The bundled code of a release. */
function codeOf(name: string): Promise<string> {
  return readFile(join(folderOf(name), "lib", `${name}-${kvVersion}`, "release.mjs"), "utf8");
}

function cookieOf(name: string): Promise<string> {
  return readFile(join(folderOf(name), "releases", "COOKIE"), "utf8");
}

function outputOf(name: string): string {
  return assembled.get(name)?.stdout ?? "";
}

before(async () => {
  umbrella = await copyUmbrella();
  home = await mkdtemp(join(tmpdir(), "kv-releases-"));
  machine = await openMachine();
  for (const name of ["foo", "bar", "front"]) {
    const words = [name, "--path", folderOf(name)];
    const command = ["npm", "run", "--silent", "release", "--", ...words];
    const run = await runTool(command, { cwd: umbrella.root });
    assert.equal(run.code, 0, run.stderr);
    assembled.set(name, run);
  }
});

after(async () => {
  await machine[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
  await umbrella[Symbol.asyncDispose]();
});

suite("npm run release -- foo", () => {
  test("prints its steps, where the release is, and how to start, connect to and stop it", () => {
    const lines = outputOf("foo").split("\n");
    assert.equal(lines[0], `* assembling foo-${kvVersion} on KV_ENV=prod`);
    const path = folderOf("foo");
    for (const part of [
      `in ${path}.`,
      ...["start", "remote", "stop"].map((word) => `"${path}/bin/foo" ${word}`),
    ]) {
      assert.ok(outputOf("foo").includes(part), outputOf("foo"));
    }
    assert.match(outputOf("foo"), /^\* .*config\/runtime\.ts/mu);
    assert.match(outputOf("foo"), /^\* .*Node 26\.10\.0/mu);
  });

  test("makes the folder that a person expects", async () => {
    const root = folderOf("foo");
    assert.deepEqual((await readdir(root)).toSorted(), [
      "bin",
      "lib",
      "releases",
      "runtime",
      "tmp",
    ]);
    assert.deepEqual(await readdir(join(root, "bin")), ["foo"]);
    const code = (await readdir(join(root, "lib", `foo-${kvVersion}`))).toSorted();
    assert.deepEqual(code, [
      "LICENSES",
      "late-pino-pretty.mjs",
      "late-redis-cluster.mjs",
      "main.mjs",
      "release.mjs",
    ]);
    const releases = (await readdir(join(root, "releases"))).toSorted();
    assert.deepEqual(releases, [kvVersion, "COOKIE", "default-version"]);
    const version = new Set(await readdir(join(root, "releases", kvVersion)));
    for (const file of [
      "build.json",
      "env.sh",
      "manifest.json",
      "remote.vm.args",
      "runtime.mjs",
      "start.sh",
      "vm.args",
    ]) {
      assert.ok(version.has(file), file);
    }
    const mode = async (file: string): Promise<number> =>
      (await stat(join(root, file))).mode & 0o777;
    assert.equal(await mode("releases/COOKIE"), 0o600);
    assert.equal(await mode("bin/foo"), 0o755);
    const [runtime = ""] = await readdir(join(root, "runtime"));
    assert.match(runtime, /^node-26\.10\.0-/u);
    assert.equal(await mode(join("runtime", runtime, "node")), 0o755);
    assert.ok(existsSync(join(root, "runtime", runtime, "LICENSE")));
  });

  test("bundles what the release's applications use, and nothing else", async () => {
    const [foo, bar] = [await codeOf("foo"), await codeOf("bar")];
    assert.match(foo, /Accepting /u);
    assert.doesNotMatch(bar, /WRONGTYPE|Too many connections/u, "no front door is in bar");
    assert.ok(bar.length < foo.length);
    const imported = [...foo.matchAll(/^import .* from "(?<name>[^"]+)";$/gmu)];
    const foreign = imported.filter(({ groups }) => groups?.["name"]?.startsWith("node:") !== true);
    assert.deepEqual(foreign, [], "everything is in it");
    for (const path of [umbrella.root, checkout]) {
      assert.ok(!foo.includes(path), "no path of the machine it was built on");
    }
  });

  test("writes a manifest of all files, with their hashes", async () => {
    const root = folderOf("foo");
    const text = await readFile(join(root, `releases/${kvVersion}/manifest.json`), "utf8");
    const manifest = JSON.parse(text);
    assert.deepEqual([manifest.name, manifest.version], ["foo", kvVersion]);
    const found = await filesBelow(root);
    // What all versions share is of none of them.
    const left = new Set([
      `releases/${kvVersion}/manifest.json`,
      "releases/COOKIE",
      "releases/default-version",
    ]);
    const expected = [...found.keys()].filter(
      (name) => !left.has(name) && !/^(?:tmp|data)\//u.test(name),
    );
    assert.deepEqual(Object.keys(manifest.files).toSorted(), expected.toSorted());
    for (const [name, { sha256, bytes }] of found) {
      if (left.has(name) || manifest.files[name] === undefined) continue;
      const { sha256: hash, bytes: length } = manifest.files[name];
      assert.deepEqual([name, hash, length], [name, sha256, bytes]);
    }
    assert.doesNotMatch(text, /\/tmp\/|\d{4}-\d\d-\d\dT/u, "no path of this machine, no time");
  });

  test("one random cookie for all releases of the umbrella", async () => {
    const [foo, bar, front] = await Promise.all(["foo", "bar", "front"].map(cookieOf));
    assert.match(foo?.trim() ?? "", /^[\w=+/-]{20,}$/u);
    assert.deepEqual([bar, front], [foo, foo]);
    const own = join(umbrella.root, "_build", "COOKIE");
    assert.equal(await readFile(own, "utf8"), foo);
    assert.equal((await stat(own)).mode & 0o777, 0o600);
    assert.equal(await readFile(join(umbrella.root, "_build", ".gitignore"), "utf8"), "*\n");
    // Also when one is assembled again.
    const words = ["bar", "--overwrite", "--path", folderOf("bar")];
    assert.equal((await runRelease(words, { cwd: umbrella.root })).code, 0);
    assert.equal(await cookieOf("bar"), foo);
  });
});

suite("bin/foo", () => {
  test("runs from a folder with a space, from anywhere, and by a symbolic link", async () => {
    await using node = await release("foo").start();
    assert.deepEqual(await ask(node, "CREATE apples", "PUT apples k v", "GET apples k"), [
      "OK",
      "OK",
      "v",
      "OK",
    ]);
    const link = join(home, "linked", "bin", "linked");
    await mkdir(join(home, "linked", "bin"), { recursive: true });
    await symlink(join(folderOf("foo"), "bin", "foo"), link);
    const buckets = await machine.release(join(home, "linked")).printed("kv", "buckets");
    assert.equal(buckets, "apples  1 key\n");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.match(await readdir(join(folderOf("foo"), "data")).then((names) => names.join()), /./u);
  });

  test("runs its own Node, and loads everything before a port opens", async () => {
    await using node = await release("foo").start();
    const program = await readFile(`/proc/${node.pid}/cmdline`, "utf8");
    assert.ok(program.startsWith(join(folderOf("foo"), "runtime")), program);
    const maps = await readFile(`/proc/${node.pid}/maps`, "utf8");
    assert.doesNotMatch(maps, /node_modules/u);
  });

  test("stop returns when the node is gone", async () => {
    const node = await release("foo").start();
    await release("foo").printed("stop");
    assert.deepEqual(await node.exit(), { code: 0, signal: null });
  });

  test("config shows values with their origins, and no secret", async () => {
    await using _ = await release("foo").start();
    const config = await release("foo").printed("config");
    assert.match(config, /^kv\.routingTable +.*releases\/\d[^/]*\/runtime\.mjs$/mu);
    assert.match(config, /^control\.cookie +\*{8} /mu);
  });

  test("an edited runtime.mjs takes effect at the next boot", async () => {
    const file = join(folderOf("foo"), `releases/${kvVersion}/runtime.mjs`);
    const shipped = await readFile(file, "utf8");
    assert.match(shipped, /a-m=foo,n-z=bar/u, "readable");
    try {
      await writeFile(file, shipped.replaceAll("a-m=foo,n-z=bar", "a-b=foo"));
      await using node = await release("foo").start();
      const [reply] = await ask(node, "CREATE carrots");
      assert.match(reply ?? "", /^ERROR could not find entry for "carrots"/u);
    } finally {
      await writeFile(file, shipped);
    }
  });

  test("KV_ROUTING_TABLE overrides the guide's table", async () => {
    // A node that has gone by the guide's table would first ask bar, which is not there.
    const dataDirectory = join(folderOf("foo"), "data", "of-this-test");
    await using node = await release("foo").start({
      KV_ROUTING_TABLE: "a-z=foo",
      KV_DATA_DIR: dataDirectory,
    });
    assert.deepEqual(await ask(node, "CREATE zucchini"), ["OK"]);
  });

  test("a wrong configuration is one report, and exit code 78", async () => {
    const { code, stderr } = await release("foo").run(["start"], { PORT: "abc" });
    assert.equal(code, 78);
    assert.match(stderr, /^Cannot start: PORT="abc": .*releases\/\d[^/]*\/runtime\.mjs\)/u);
  });

  test("verify finds a byte that has changed", async () => {
    const sound = await release("bar").run(["verify"]);
    assert.equal(sound.code, 0, sound.stderr);
    const file = `lib/bar-${kvVersion}/release.mjs`;
    const path = join(folderOf("bar"), file);
    const bytes = await readFile(path);
    // One bit of the last line feed: what is left can still be run, and tell.
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    await writeFile(path, bytes);
    try {
      const { code, stdout, stderr } = await release("bar").run(["verify"]);
      assert.equal(code, 1);
      assert.ok(`${stdout}${stderr}`.includes(file), stderr);
    } finally {
      bytes[last] = (bytes[last] ?? 0) ^ 1;
      await writeFile(path, bytes);
    }
  });
});

suite("foo, bar and front", () => {
  const host = hostname();

  test("foo and bar talk to each other as they come", async () => {
    await using foo = await release("foo").start();
    const [down] = await ask(foo, "CREATE shopping");
    assert.equal(down, `ERROR no connection to bar@${host}`);
    await using _ = await release("bar").start();
    await foo.logged(/"message":"linked with bar@/u);
    assert.deepEqual(
      await ask(foo, "CREATE shopping", "PUT shopping milk 1", "GET shopping milk"),
      ["OK", "OK", "1", "OK"],
    );
    assert.match(await release("bar").printed("kv", "buckets"), /^shopping {2}1 key$/mu);
    assert.doesNotMatch(await release("foo").printed("kv", "buckets"), /shopping/u);
  });

  test("front before them stores nothing", async () => {
    await using _ = await startAll("foo", "bar");
    await using front = await release("front").start();
    const requests = [
      "CREATE basil",
      "PUT basil k 1",
      "CREATE thyme",
      "PUT thyme k 2",
      "GET basil k",
      "GET thyme k",
    ];
    assert.deepEqual(await ask(front, ...requests), ["OK", "OK", "OK", "OK", "1", "OK", "2", "OK"]);
    assert.match(await release("foo").printed("kv", "buckets"), /^basil/mu);
    assert.match(await release("bar").printed("kv", "buckets"), /^thyme/mu);
    assert.equal(await release("front").printed("kv", "buckets"), "");
    assert.equal(existsSync(join(folderOf("front"), "data")), false);
  });
});
