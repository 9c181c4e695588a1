import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { spawn } from "node:child_process";
import { assembleCode } from "../../testing/assemble-code.ts";
import { type House, openHouse } from "../../testing/house.ts";
import { runRelease, startRelease } from "../../testing/release-run.ts";
import type { Release } from "../release.ts";

let house: House;
let lamp: Release;

before(async () => {
  house = await openHouse();
  lamp = await assembleCode(await house.release());
});

after(() => house[Symbol.asyncDispose]());

const pidFileOf = (release: Release, node = "lamp"): string =>
  join(release.path, "tmp", `${node}.pid`);

suite("a bundled release", () => {
  test("starts, answers its declared commands under the umbrella's word, and stops", async () => {
    await using node = await startRelease(lamp);
    assert.match(node.stdout(), /"message":"the lamp shines red by prod"/u);
    assert.equal((await stat(pidFileOf(lamp))).mode & 0o777, 0o600);
    const [pid] = (await readFile(pidFileOf(lamp), "utf8")).split("\n");
    assert.equal(pid, String(node.pid));
    assert.deepEqual(await runRelease(lamp, "house colour"), {
      code: 0,
      stdout: "red by prod\n",
      stderr: "",
    });
    assert.deepEqual(await runRelease(lamp, "stop"), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual((await node.ended).code, 0);
    await assert.rejects(stat(pidFileOf(lamp)), { code: "ENOENT" });
  });

  test("runs commands that need no node without one", async () => {
    const { code, stdout } = await runRelease(lamp, "house blink");
    assert.deepEqual([code, stdout], [0, "blinked\n"]);
  });

  test("says its version, and what may be asked of it", async () => {
    assert.equal((await runRelease(lamp, "version")).stdout, "lamp 1.2.0\n");
    const { code, stdout, stderr } = await runRelease(lamp, "strat");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^There is no command "strat"\.\n\nUsage: bin\/lamp COMMAND/u);
    assert.match(
      (await runRelease(lamp, "house --help")).stdout,
      /^Usage: bin\/lamp house COMMAND/u,
    );
  });

  test("refuses another Node than its own before it reads anything else", async () => {
    const other = { ...lamp, path: join(house.root, "old"), nodeVersion: "20.0.0" };
    await assembleCode(other);
    const { code, stderr } = await runRelease(other, "start");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `lamp-1.2.0 needs Node 20.0.0, this is ${process.version}: install that one, or assemble the release with its runtime\n`,
    );
  });

  test("is not run by hand, and says who runs it", async () => {
    const { code, stderr } = await runRelease(lamp, "start", { RELEASE_ROOT: "" });
    assert.equal(code, 1);
    assert.match(stderr, /^A release is started by the script in its folder bin.*\n$/u);
  });

  test("names the version that is not there", async () => {
    const { code, stderr } = await runRelease(lamp, "start", { RELEASE_VSN: "9.9.9" });
    assert.equal(code, 1);
    assert.match(stderr, /9\.9\.9\/build\.json cannot be read: there is no such file; .*\n$/u);
  });

  test("refuses the name of a node that would be no name of a file", async () => {
    const { code, stderr } = await runRelease(lamp, "start", { RELEASE_NODE: "../lamp" });
    assert.deepEqual([code, stderr.split(",")[0]], [1, "RELEASE_NODE is the name of a node"]);
  });
});

suite("the configuration of a release", () => {
  test("config says without a node what the next start is given, secrets masked", async () => {
    const { code, stdout, stderr } = await runRelease(lamp, "config", { COLOUR: "blue" });
    assert.equal(stderr, "lamp does not run here: this is what its next start is given\n");
    assert.equal(code, 0);
    const lines = new Set(stdout.split("\n").map((line) => line.split(/ {2,}/u).join(" | ")));
    const origin = "releases/1.2.0/runtime.mjs";
    assert.ok(lines.has(`lamp.colour | "blue" | COLOUR in ${origin}`), stdout);
    assert.ok(lines.has(`lamp.watts | 5 | default`), stdout);
    assert.ok(lines.has(`lamp.key | ******** | ${origin}`), stdout);
    assert.ok(lines.has(`control.cookie | ******** | RELEASE_COOKIE`), stdout);
    assert.ok(lines.has(`logger.level | "info" | default`), stdout);
  });

  test("config says of a live node what it has", async () => {
    await using node = await startRelease(lamp, { COLOUR: "green" });
    const { stdout, stderr } = await runRelease(lamp, "config", { COLOUR: "blue" });
    assert.equal(stderr, "");
    assert.match(stdout, /lamp\.colour +"green"/u);
    await runRelease(lamp, "stop");
    assert.equal((await node.ended).code, 0);
  });

  test("what is fixed at the build is named by its file, and an edit of runtime.mjs decides at the next boot", async () => {
    const edited = { ...lamp, path: join(house.root, "edited release") };
    await assembleCode(edited);
    const colour = async (): Promise<string> =>
      (await runRelease(edited, "config")).stdout.match(/lamp\.colour +(.*)/u)?.[1] ?? "";
    assert.match(await colour(), /^"red by prod" +config\/config\.ts$/u);
    const file = join(edited.path, "releases/1.2.0/runtime.mjs");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(`env.string("COLOUR")`, `"edited"`));
    assert.match(await colour(), /^"edited" +releases\/1\.2\.0\/runtime\.mjs$/u);
    await using node = await startRelease(edited);
    assert.match(node.stdout(), /the lamp shines edited/u);
  });

  test("an edit that is wrong is told by its line", async () => {
    const edited = { ...lamp, path: join(house.root, "badly edited") };
    await assembleCode(edited);
    const file = join(edited.path, "releases/1.2.0/runtime.mjs");
    await writeFile(file, `\nexport const config = (;\n`);
    const { code, stderr } = await runRelease(edited, "start");
    assert.equal(code, 78);
    assert.match(
      stderr,
      /^Cannot start: releases\/1\.2\.0\/runtime\.mjs: cannot be read: line 2: [^\n]*\n$/u,
    );
  });

  test("RELEASE_SYS_CONFIG names another runtime file", async () => {
    const file = join(house.root, "other.mjs");
    await writeFile(file, `export const config = () => ({ lamp: { colour: "other" } });`);
    const { stdout } = await runRelease(lamp, "config", { RELEASE_SYS_CONFIG: file });
    assert.match(stdout, new RegExp(`lamp.colour +"other" +${file}`, "u"));
  });

  test("all that is wrong is one report, and 78", async () => {
    const { code, stdout, stderr } = await runRelease(lamp, "start", { WATTS: "many" });
    assert.deepEqual([code, stdout], [78, ""]);
    assert.equal(
      stderr,
      `Cannot start: WATTS="many": expected a whole number (lamp.watts, read by releases/1.2.0/runtime.mjs)\n`,
    );
    await assert.rejects(stat(pidFileOf(lamp)), { code: "ENOENT" });
  });

  test("a boot that contradicts what was fixed is refused, unless nobody is to look", async () => {
    const { code, stderr } = await runRelease(lamp, "start", { WATTS: "60" });
    assert.equal(code, 78);
    assert.match(
      stderr,
      /^Cannot start: lamp\.watts=60: it was fixed to 5 when the system was built/u,
    );
    const free = await assembleCode(
      await house.release({ validateCompileEnv: false, path: "free" }),
    );
    const { stdout } = await runRelease(free, "config", { WATTS: "60" });
    assert.match(stdout, /lamp\.watts +60 +WATTS in/u);
  });
});

suite("one node at a time", () => {
  test("of two that are started at once, one runs", async () => {
    const starts = await Promise.allSettled([startRelease(lamp), startRelease(lamp)]);
    const nodes = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    const refusals = starts.flatMap((start) => (start.status === "rejected" ? [start.reason] : []));
    assert.match(
      String(refusals),
      /^Error: it ended: lamp runs already, as process \d+; [^\n]*\n$/u,
    );
    for (const node of nodes) {
      await using running = node;
      assert.equal((await runRelease(lamp, "stop")).code, 0);
      assert.equal((await running.ended).code, 0);
    }
    assert.deepEqual([nodes.length, refusals.length], [1, 1]);
  });

  test("a second start is refused and names the first", async () => {
    await using node = await startRelease(lamp);
    const { code, stdout, stderr } = await runRelease(lamp, "start");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      stderr,
      `lamp runs already, as process ${node.pid}; stop that one, or start this one under another name by RELEASE_NODE\n`,
    );
    await using other = await startRelease(lamp, { RELEASE_NODE: "lamp2" });
    assert.notEqual(other.pid, node.pid);
    assert.equal((await runRelease(lamp, "stop", { RELEASE_NODE: "lamp2" })).code, 0);
    assert.equal((await other.ended).code, 0);
    assert.match((await runRelease(lamp, "house status")).stdout, /^node: lamp\n/u);
  });

  test("what a killed node has left behind is in nobody's way", async () => {
    {
      await using node = await startRelease(lamp);
      process.kill(node.pid, "SIGKILL");
      await node.ended;
    }
    await stat(pidFileOf(lamp));
    const { code, stderr } = await runRelease(lamp, "stop");
    assert.deepEqual([code, stderr], [1, "lamp does not run here; bin/lamp start starts it\n"]);
    await using node = await startRelease(lamp);
    assert.equal((await runRelease(lamp, "stop")).code, 0);
    assert.equal((await node.ended).code, 0);
  });

  test("stop leaves alone who was given the id of a node that is gone", async () => {
    const stranger = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: "pipe" });
    try {
      await once(stranger, "spawn");
      await mkdir(join(lamp.path, "tmp"), { recursive: true });
      await writeFile(pidFileOf(lamp), `${stranger.pid}\n1\n`);
      const { code } = await runRelease(lamp, "stop");
      assert.equal(code, 1);
      assert.deepEqual([stranger.exitCode, stranger.signalCode], [null, null]);
    } finally {
      stranger.kill("SIGKILL");
      await once(stranger, "close");
    }
  });

  test("stop finds a node whose pid file is lost", async () => {
    await using node = await startRelease(lamp);
    await rm(pidFileOf(lamp));
    assert.deepEqual(await runRelease(lamp, "stop"), { code: 0, stdout: "", stderr: "" });
    assert.equal((await node.ended).code, 0);
  });

  test("stop gives up after --timeout, and says so", async () => {
    await using node = await startRelease(lamp, { COLOUR: "stuck" });
    const { code, stderr } = await runRelease(lamp, "stop --timeout 0.1");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `lamp (process ${node.pid}) has not ended in 0.1 s, and is still stopping; wait with a longer --timeout, or end it with kill -9 ${node.pid}\n`,
    );
    process.kill(node.pid, 0);
  });

  for (const words of ["stop --timeout soon", "stop --timeout -1", "stop now", "stop --timeout"]) {
    test(`${words} is refused`, async () => {
      const { code, stderr } = await runRelease(lamp, words);
      assert.equal(code, 1);
      assert.match(stderr, /^stop takes --timeout SECONDS, and nothing else.*\n$/u);
    });
  }
});

suite("what fails at a boot", () => {
  test("a bug is told with its stack, 1", async () => {
    const { code, stderr } = await runRelease(lamp, "start", { COLOUR: "broken" });
    assert.equal(code, 1);
    assert.match(stderr, /^Error: the lamp is broken\n +at /u);
  });

  test("a record that somebody has broken is named with what is wrong", async () => {
    const broken = { ...lamp, path: join(house.root, "broken") };
    await assembleCode(broken);
    const file = join(broken.path, "releases/1.2.0/build.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(`"prod"`, "1"));
    const { code, stderr } = await runRelease(broken, "start");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /build\.json is not as it was assembled: configEnv: .*; assemble the release anew\n$/u,
    );
  });

  test("a temporary folder that cannot be written to is named, and the way out", async () => {
    const file = join(house.root, "no-folder");
    await writeFile(file, "");
    const { code, stderr } = await runRelease(lamp, "start", { RELEASE_TMP: join(file, "tmp") });
    assert.equal(code, 1);
    assert.match(stderr, /^lamp cannot write its pid: .*; set RELEASE_TMP to .*\n$/u);
  });
});
