import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemTime } from "@kv/application";
import type { NodeProcess } from "../harness/node-process.ts";
import { type FuseReleases, fuseVersion, openFuseReleases } from "./fuse.ts";
import type { Released } from "./released.ts";

let releases: FuseReleases;

before(async () => {
  releases = await openFuseReleases(["permanent", "transient", "temporary"]);
});
after(() => releases[Symbol.asyncDispose]());

/** Starts it, and evaluates `code` there. */
async function startAnd(name: string, code: string): Promise<readonly [NodeProcess, Released]> {
  const release = releases.release(name);
  const node = await release.start();
  // Its node may be gone before it is answered.
  await release.run(["rpc", code]);
  return [node, release];
}

const notHere = process.platform === "linux" ? false : "what a process is, is asked of Linux";

suite("an application that ends by itself", { skip: notHere }, () => {
  for (const [mode, code, said] of [
    ["permanent", "fuse.blow()", "The fuse has blown\n"],
    ["permanent", "fuse.end()", 'Cannot go on: "fuse" ended without being asked to\n'],
    ["transient", "fuse.blow()", "The fuse has blown\n"],
  ] as const) {
    test(`${mode}, ${code}: takes the node down with one line and exit code 1`, async () => {
      await using node = (await startAnd(mode, code))[0];
      assert.deepEqual(await node.exit(), { code: 1, signal: null });
      assert.equal(node.stderr, said);
    });
  }

  for (const [mode, code] of [
    ["transient", "fuse.end()"],
    ["temporary", "fuse.end()"],
    ["temporary", "fuse.blow()"],
  ] as const) {
    test(`${mode}, ${code}: the node goes on without it`, async () => {
      const [running, release] = await startAnd(mode, code);
      await using node = running;
      await node.logged(/"type":"application-ended"/u);
      assert.match(await release.printed("weather", "report", "oslo", "3"), /^OK$/mu);
      assert.deepEqual(await node.stop(), { code: 0, signal: null });
      assert.equal(node.stderr, "");
    });
  }
});

suite("a node that takes long to stop", { skip: notHere }, () => {
  for (const [signal, number] of [
    ["SIGTERM", 15],
    ["SIGINT", 2],
  ] as const) {
    test(`ends by a second ${signal}, if that comes a second later`, async () => {
      await using node = (await startAnd("permanent", "fuse.hold()"))[0];
      const beganMs = systemTime.nowMs();
      node.signal(signal);
      await node.logged(/"type":"signal"/u);
      // Again and again: those within the first second are the first one.
      while (node.running) {
        node.signal(signal);
        await Promise.race([node.exited, pause(20)]);
      }
      const tookMs = systemTime.nowMs() - beganMs;
      assert.deepEqual(await node.exit(), { code: 128 + number, signal: null });
      assert.ok(tookMs >= 1000, `${tookMs} ms`);
      assert.equal(node.stderr, `${signal} again: ended before everything had stopped\n`);
    });
  }
});

suite("restart", { skip: notHere }, () => {
  test("is nothing that who has started the node sees, however often", async () => {
    await using node = await releases.release("permanent").start();
    const release = releases.release("permanent");
    for (const count of [2, 3]) {
      await release.printed("restart");
      const starts = node.stdout.split("\n").filter((line) => line.includes('"system-started"'));
      assert.equal(starts.length, count, "its output is where it was");
      assert.equal(await release.printed("pid"), `${node.pid}\n`);
      assert.ok(node.running);
    }
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.equal(node.stderr, "");
  });

  test("of a node that could not start again is refused, and one that does not come up says why in its log", async () => {
    const release = releases.release("permanent");
    const file = join(release.root, "releases", fuseVersion, "runtime.mjs");
    const shipped = await readFile(file, "utf8");
    await using node = await release.start();
    try {
      await writeFile(file, "export const config = () => ({ nobody: {} });\n");
      const refused = await release.run(["restart"]);
      assert.equal(refused.code, 78);
      assert.match(refused.stderr, /^Cannot start: nobody: .*\n$/u);
      assert.doesNotMatch(node.stdout, /"type":"signal"/u);

      await writeFile(file, shipped.replace(/fuse: \{.*\}/u, 'fuse: { password: "wet" }'));
      const { code, stderr } = await release.run(["restart"]);
      const line = "permanent has stopped, and has not come up again; its log tells why\n";
      assert.deepEqual([code, stderr], [1, line]);
      assert.deepEqual(await node.exit(), { code: 1, signal: null });
      assert.equal(node.stderr, "The fuse is wet\n");
    } finally {
      await writeFile(file, shipped);
    }
  });
});

suite("rpc", { skip: notHere }, () => {
  test("prints as it comes: what is said before the end is there before the end", async () => {
    await using _ = await releases.release("permanent").start();
    const release = releases.release("permanent");
    await using waiting = release.spawnCommand(
      "rpc",
      "--timeout",
      "60000",
      "console.log('first'); console.error('aside'); await fuse.wait(); console.log('last')",
    );
    await waiting.logged(/^first\n/u);
    assert.ok(waiting.running);
    await release.printed("rpc", "fuse.release()");
    assert.deepEqual(await waiting.exit(), { code: 0, signal: null });
    assert.deepEqual([waiting.stdout, waiting.stderr], ["first\nlast\n", "aside\n"]);
  });

  test("hands words and standard input over as data, and tells what was thrown", async () => {
    await using _ = await releases.release("permanent").start();
    const release = releases.release("permanent");
    const words = ["a b", "--json", "$(id)", "'); process.exit(9); ('"];
    const code = "console.log(JSON.stringify(args), await stdin.text())";
    const { stdout } = await release.run(["rpc", code, ...words], {}, "line 1\nline 2");
    assert.equal(stdout, `${JSON.stringify(words)} line 1\nline 2\n`);
    const thrown = await release.run(["rpc", "console.log(1); throw new RangeError('no')"]);
    assert.deepEqual([thrown.code, thrown.stdout], [1, "1\n"]);
    assert.match(thrown.stderr, /^Uncaught RangeError: no\n/u);
  });

  test("stops what is not done in time, and what would go on behind its timers", async () => {
    await using node = await releases.release("permanent").start();
    const release = releases.release("permanent");
    const sleep = "new Promise((resolve) => setTimeout(resolve, 1))";
    for (const code of [
      "while (true) fuse.ticks += 1",
      "await null; while (true) fuse.ticks += 1",
      `await ${sleep}; while (true) { try { while (true) fuse.ticks += 1 } catch {} }`,
      `while (true) { fuse.ticks += 1; await ${sleep} }`,
    ]) {
      const { code: exit, stdout, stderr } = await release.run(["rpc", "--timeout", "100", code]);
      assert.deepEqual([exit, stdout], [1, ""], code);
      assert.match(stderr, /^The expression was not done in 100 ms, and was stopped; .*\n$/u);
      const ticks = await release.printed("rpc", "--print", "fuse.ticks");
      assert.ok(Number(ticks) > 0, code);
      assert.equal(await release.printed("rpc", "--print", "fuse.ticks"), ticks, code);
    }
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.equal(node.stderr, "");
  });
});
