import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { after as afterAll, afterEach, before, suite, test } from "node:test";
import { within } from "../harness/deadline.ts";
import { guardProcess } from "../harness/process-guard.ts";
import { noTerminal, openTerminal } from "../harness/terminal.ts";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";
import { assembleVariant } from "./variant.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;
let path: string;
let unguards: (() => void)[] = [];

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
  const variant = await assembleVariant(umbrella, "");
  assert.equal(variant.run.code, 0, variant.run.stderr);
  ({ path } = variant);
});
afterEach(async () => {
  await weather().run(["stop"]);
  for (const unguard of unguards) unguard();
  unguards = [];
});
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function weather(variables: Readonly<Record<string, string>> = {}): Released {
  return machine.release(path, { ...withNode, ...variables });
}

/** Starts it in the background; the pid of the node. */
async function startDaemon(variables: Readonly<Record<string, string>> = {}): Promise<number> {
  const { code, stdout, stderr } = await weather(variables).run(["daemon"]);
  assert.equal(code, 0, stderr);
  const pid = Number(
    /^weather runs as process (\d+); it logs into .*weather\.log$/mu.exec(stdout)?.[1],
  );
  assert.ok(isAlive(pid), stdout);
  guard(pid);
  guard(parentOf(await statOf(pid)));
  return pid;
}

function guard(pid: number): void {
  if (pid > 1) unguards.push(guardProcess(pid));
}

/** Whether the process is there, and more than an exit code that nobody has asked for. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^ [ZX]/u.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return false;
  }
}

async function statOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
}

function parentOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** What nobody tells us of is looked at again and again, until it is so. */
async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const look = async (): Promise<void> => {
    while (!(await isSo())) await after(20);
  };
  await within(look(), what, 30_000);
}

async function pidNow(): Promise<number> {
  const { code, stdout } = await weather().run(["pid"]);
  return code === 0 ? Number(stdout) : 0;
}

/** Resolves with the pid of the node that has taken the place of `former`, once it answers. */
async function successorOf(former: number): Promise<number> {
  let pid = 0;
  await until(`a successor of process ${former}`, async () => {
    pid = await pidNow();
    if (pid === 0 || pid === former) return false;
    return (await weather().run(["weather", "status"])).code === 0;
  });
  guard(pid);
  return pid;
}

suite("bin/NAME daemon", { skip: process.platform !== "linux" }, () => {
  test("comes back when all of the node runs, which goes on without a terminal", async () => {
    const pid = await startDaemon();
    assert.equal(Number(await weather().printed("pid")), pid);
    const status = JSON.parse(await weather().printed("weather", "status", "--json"));
    assert.equal(status.pid, pid);
    const log = await readFile(join(path, "tmp/log/weather.log"), "utf8");
    assert.match(log, /"type":"system-started"/u);
    const again = await weather().run(["daemon"]);
    assert.deepEqual([again.code, again.stdout], [1, ""]);
    assert.match(again.stderr, new RegExp(`^weather runs already, as process ${pid}`, "u"));
    await weather().printed("stop");
    assert.ok(!isAlive(pid));
    assert.equal((await weather().run(["pid"])).code, 1);
  });

  test("tells why a node has not come up, with its exit code", async () => {
    const { code, stdout, stderr } = await weather({ PLACE_LIMIT: "x" }).run(["daemon"]);
    assert.deepEqual([code, stdout], [78, ""]);
    assert.match(stderr, /^Cannot start: PLACE_LIMIT="x": expected a whole number.*\n$/u);
  });

  test("keeps no secret in its log", async () => {
    await startDaemon({ RELEASE_COOKIE: "averysecretcookie" });
    await weather({ RELEASE_COOKIE: "averysecretcookie" }).printed("weather", "status");
    for (const name of ["weather.log", "weather.stderr.log"]) {
      const text = await readFile(join(path, "tmp/log", name), "utf8");
      assert.doesNotMatch(text, /averysecretcookie/u);
    }
  });

  test("SIGHUP has it begin a new log where the former was moved away", async () => {
    const pid = await startDaemon();
    const log = join(path, "tmp/log/weather.log");
    await rename(log, `${log}.moved`);
    process.kill(pid, "SIGHUP");
    await until("a new log", () => existsSync(log));
  });
});

suite("bin/NAME start_repl", { skip: noTerminal }, () => {
  for (const command of ["start_repl", "start_iex"]) {
    test(`${command} is the node with a shell on its terminal, and stops when that is left`, async () => {
      await using shell = await openTerminal(
        `'${join(path, "bin/weather")}' ${command}`,
        weather().environment,
      );
      const { person, process: terminal } = shell;
      await person.read(/weather@[\w-]+\(1\)> /u);
      person.type("node.name\r");
      await person.read(/'weather'\r\n.*\(2\)> /u);
      const pid = await pidNow();
      guard(pid);
      const status = JSON.parse(await weather().printed("weather", "status", "--json"));
      assert.equal(status.pid, pid);
      const ended = once(terminal, "exit");
      person.type("\u0004");
      const [code]: unknown[] = await within(ended, "the node to end");
      assert.equal(code, 0);
      assert.equal(await pidNow(), 0);
    });
  }

  test("a configuration that is wrong is told, and there is no shell", async () => {
    const { code, stderr } = await weather({ PLACE_LIMIT: "x" }).run(["start_repl"]);
    assert.equal(code, 78);
    assert.match(stderr, /^Cannot start: PLACE_LIMIT="x"/u);
  });
});

suite("bin/NAME daemon_repl", { skip: process.platform !== "linux" }, () => {
  for (const command of ["daemon_repl", "daemon_iex"]) {
    test(`${command} is a daemon: remote is a shell on it`, async () => {
      const { code, stdout, stderr } = await weather().run([command]);
      assert.equal(code, 0, stderr);
      guard(Number(/as process (\d+)/u.exec(stdout)?.[1]));
      const shell = await weather().run(["remote"], {}, "node.name\n");
      assert.deepEqual([shell.code, shell.stdout], [0, "'weather'\n"]);
    });
  }
});

suite("bin/NAME restart", { skip: process.platform !== "linux" }, () => {
  test("has the node begin anew in the same process", async () => {
    const pid = await startDaemon();
    const startsBefore = await countStarts();
    await weather().printed("restart");
    assert.equal(Number(await weather().printed("pid")), pid);
    assert.equal(await countStarts(), startsBefore + 1);
    const status = JSON.parse(await weather().printed("weather", "status", "--json"));
    assert.equal(status.pid, pid);
  });

  test("says where there is nothing to restart", async () => {
    const { code, stdout, stderr } = await weather().run(["restart"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^weather does not run here; /u);
  });
});

/** How many starts the log tells of: those of earlier tests are in it, too. */
async function countStarts(): Promise<number> {
  const log = await readFile(join(path, "tmp/log/weather.log"), "utf8");
  return log.split("\n").filter((line) => line.includes('"type":"system-started"')).length;
}

suite("heart", { skip: process.platform !== "linux" }, () => {
  const heart = { RELEASE_HEART: "true", RELEASE_HEART_TIMEOUT: "2" };

  test("starts a node again that was killed, one that hangs, and not one that was stopped", async () => {
    const first = await startDaemon(heart);
    const keeper = parentOf(await statOf(first));
    process.kill(first, "SIGKILL");
    const second = await successorOf(first);
    assert.equal(parentOf(await statOf(second)), keeper);
    process.kill(second, "SIGSTOP");
    const third = await successorOf(second);
    assert.ok(!isAlive(second));
    await weather().printed("stop");
    await until("heart to end with the node", () => !isAlive(keeper));
    assert.ok(!isAlive(third));
    const told = await readFile(join(path, "tmp/log/weather.stderr.log"), "utf8");
    assert.match(
      told,
      new RegExp(`^heart: weather \\(process ${first}\\) ended with SIGKILL`, "mu"),
    );
    assert.match(
      told,
      new RegExp(`^heart: weather \\(process ${second}\\) had hung for 2 s`, "mu"),
    );
  });

  test("does not try a configuration that is wrong again", async () => {
    const { code, stderr } = await weather({ ...heart, PLACE_LIMIT: "x" }).run(["daemon"]);
    assert.equal(code, 78);
    assert.match(stderr, /^Cannot start: PLACE_LIMIT="x"/u);
    assert.equal(await pidNow(), 0);
  });

  test("keeps its node over a restart", async () => {
    const pid = await startDaemon(heart);
    const keeper = parentOf(await statOf(pid));
    await weather().printed("restart");
    assert.equal(Number(await weather().printed("pid")), pid);
    assert.ok(isAlive(keeper));
    process.kill(pid, "SIGKILL");
    await successorOf(pid);
  });
});
