import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { guardProcess } from "../harness/process-guard.ts";
import { openSmallDisk } from "../harness/small-disk.ts";
import { ask } from "./clients.ts";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { runRelease } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";

/** The guide's releases, with its cookie; and bar as it should not be: with a door on foo's port. */
const releases = `
const common = { cookie: "weknoweachother", includeRuntime: false } as const;
export const releases = {
  foo: { ...common, applications: { "kv-server": "permanent", kv: "permanent" } },
  bar: { ...common, applications: { kv: "permanent" } },
  front: { ...common, applications: { "kv-server": "permanent", kv: "permanent" } },
  greedy: { ...common, applications: { "kv-server": "permanent", kv: "permanent" } },
};
`;

const host = hostname();
let umbrella: UmbrellaCopy;
let machine: Machine;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
  await writeFile(join(umbrella.root, "releases.ts"), releases);
  for (const name of ["foo", "bar", "front", "greedy"]) {
    const run = await runRelease([name, "--quiet"], { cwd: umbrella.root });
    assert.equal(run.code, 0, run.stderr);
  }
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function release(name: string): Released {
  return machine.release(join(umbrella.root, "_build", "prod", "rel", name), withNode);
}

suite("the guide's story, told with our commands", { skip: process.platform !== "linux" }, () => {
  test("foo alone serves its own buckets; shopping waits for bar", async () => {
    for (const name of ["foo", "bar"]) {
      const cookie = await readFile(join(release(name).root, "releases/COOKIE"), "utf8");
      assert.equal(cookie, "weknoweachother");
    }
    const foo = await release("foo").start();
    assert.deepEqual(
      await ask(
        foo,
        "CREATE bitsandpieces",
        "PUT bitsandpieces sword 1",
        "GET bitsandpieces sword",
      ),
      ["OK", "OK", "1", "OK"],
    );
    const reason = `no connection to bar@${host}`;
    assert.deepEqual(await ask(foo, "GET shopping foo"), [`ERROR ${reason}`]);
    await foo.logged(/"message":"cannot link with bar@[^"]*"/u);

    const bar = await release("bar").start();
    await foo.logged(/"message":"linked with bar@/u);
    assert.deepEqual(
      await ask(
        foo,
        "GET shopping foo",
        "CREATE shopping",
        "PUT shopping foo 1",
        "GET shopping foo",
      ),
      ["NOT FOUND", "OK", "OK", "1", "OK"],
    );
    const nodes = await release("foo").printed(
      "rpc",
      "console.log(app('kv') !== undefined, node.name)",
    );
    assert.match(nodes, /^true foo/u);

    await release("bar").printed("stop");
    assert.deepEqual(await bar.exit(), { code: 0, signal: null });
    assert.deepEqual(await ask(foo, "GET shopping foo", "GET bitsandpieces sword"), [
      `ERROR ${reason}`,
      "1",
      "OK",
    ]);
    await foo.stop();
  });

  test("front alone says which of its two storage nodes is missing, and both once they are there", async () => {
    const front = await release("front").start();
    assert.deepEqual(await ask(front, "GET bitsandpieces sword", "GET shopping foo"), [
      `ERROR no connection to foo@${host}`,
      `ERROR no connection to bar@${host}`,
    ]);
    await using bar = await release("bar").start();
    await front.logged(/"message":"linked with bar@/u);
    assert.ok(bar.running);
    assert.deepEqual(await ask(front, "GET shopping foo", "GET bitsandpieces sword"), [
      "1",
      "OK",
      `ERROR no connection to foo@${host}`,
    ]);
    await using foo = await release("foo").start();
    await front.logged(/"message":"linked with foo@/u);
    assert.ok(foo.running);
    assert.deepEqual(await ask(front, "GET shopping foo", "GET bitsandpieces sword"), [
      "1",
      "OK",
      "1",
      "OK",
    ]);
    await front.stop();
  });

  test("a second node with a door on foo's port: tried again, then one line and exit code 1", async () => {
    await using foo = await release("foo").start();
    const greedy = release("greedy").spawn({ PORT: String(await foo.accepting()) });
    assert.deepEqual(await greedy.exit(), { code: 1, signal: null });
    assert.match(greedy.stderr, /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use; .*\n$/u);
    const retries = greedy.stdout.split("\n").filter((line) => line.includes('"child-restarting"'));
    assert.equal(retries.length, 3);
    assert.deepEqual(await ask(foo, "GET bitsandpieces sword"), ["1", "OK"]);
  });
});

suite("an operator", { skip: process.platform !== "linux" }, () => {
  test("is told whether a node is down or the cookie another one: a line each, exit code 1", async () => {
    const commands = [["rpc", "1 + 1"], ["remote"], ["kv", "status"], ["restart"]];
    for (const words of commands) {
      const { code, stdout, stderr } = await release("foo").run(words);
      assert.deepEqual([code, stdout], [1, ""], words.join(" "));
      assert.match(stderr, /^.*(?:does not run here).*\n$/u);
    }
    await using _ = await release("foo").start();
    for (const words of commands.slice(0, 3)) {
      const { code, stdout, stderr } = await release("foo").run(words, { RELEASE_COOKIE: "other" });
      assert.deepEqual([code, stdout], [1, ""], words.join(" "));
      assert.match(stderr, /^.*cookie.*\n$/u);
      assert.doesNotMatch(stderr, /weknoweachother|does not run/u);
    }
  });

  test("sees no cookie in what a node logs, nor in what other users see of its process", async () => {
    await using foo = await release("foo").start();
    await release("foo").printed("kv", "status");
    const told = [foo.stdout, foo.stderr, await readFile(`/proc/${foo.pid}/cmdline`, "utf8")];
    told.push(await release("foo").printed("config"));
    for (const text of told) assert.doesNotMatch(text, /weknoweachother/u);
  });

  test("whose disk is full reads so, and the node that runs goes on", async (context) => {
    const disk = await openSmallDisk(2 * 2 ** 20);
    if (typeof disk === "string") {
      context.skip(disk);
      return;
    }
    await using small = disk;
    const there = { ...release("foo").environment, RELEASE_TMP: join(small.path, "tmp") };
    const [program = "", ...launcher] = small.launcher;
    const script = join(release("foo").root, "bin/foo");
    const run = (...words: string[]): { status: number | null; stderr: string; stdout: string } =>
      spawnSync(program, [...launcher, script, ...words], {
        env: Object.fromEntries(
          Object.entries(there).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, value]],
          ),
        ),
        encoding: "utf8",
        timeout: 60_000,
      });
    const ballast = join(small.outsidePath, "ballast");
    fill(ballast, small.outsidePath);
    const refused = run("daemon");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^The log cannot be written: ENOSPC.*set RELEASE_TMP/u);
    assert.equal(refused.stderr.trimEnd().split("\n").length, 1, refused.stderr);
    rmSync(ballast);

    const started = run("daemon");
    assert.equal(started.status, 0, started.stderr);
    const unguard = guardProcess(Number(/as process (\d+)/u.exec(started.stdout)?.[1]));
    try {
      fill(ballast, small.outsidePath);
      const asked = run("rpc", "console.log(node.name)");
      assert.deepEqual([asked.status, asked.stderr, asked.stdout], [0, "", "foo\n"]);
      rmSync(ballast);
      // With space again it logs again.
      const log = join(small.outsidePath, "tmp/log/foo.log");
      const length = readFileSync(log, "utf8").length;
      assert.equal(run("rpc", "1").status, 0);
      assert.match(readFileSync(log, "utf8").slice(length), /"command":"rpc"/u);
      assert.equal(run("stop").status, 0);
    } finally {
      unguard();
    }
  });
});

/** Writes until nothing more goes onto the disk at `path`. */
function fill(file: string, path: string): void {
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
}
