import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { within } from "../harness/deadline.ts";
import { findProgram } from "../harness/find-program.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";
import { assembleVariant } from "./variant.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;
let path: string;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
  const variant = await assembleVariant(umbrella, "");
  assert.equal(variant.run.code, 0, variant.run.stderr);
  ({ path } = variant);
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function weather(variables: Readonly<Record<string, string>> = {}): Released {
  return machine.release(path, { ...withNode, ...variables });
}

/** Who may read the cookie here. */
const user = userInfo().username;

function missing(...programs: readonly string[]): string | false {
  const lacking = programs.filter((program) => findProgram(program) === undefined);
  if (process.platform !== "linux") return "there is no systemd on this platform";
  return lacking.length === 0
    ? false
    : `${lacking.join(", ")} are not here (Debian: apt-get install systemd netcat-openbsd)`;
}

suite("bin/NAME install", { skip: process.platform !== "linux" }, () => {
  test("prints a unit with --print, and writes nothing", async () => {
    const { code, stdout, stderr } = await weather().run(["install", "--print", "--user", user]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.includes(`ExecStart=${join(path, "bin/weather")} start\n`), stdout);
    for (const line of [
      "Type=notify",
      "Restart=on-failure",
      "RestartPreventExitStatus=78",
      "WatchdogSec=60",
      "StateDirectory=weather",
      `User=${user}`,
    ]) {
      assert.ok(stdout.split("\n").includes(line), line);
    }
  });

  test("writes it, says what to do next, and overwrites no other one", async () => {
    await using directory = await makeTemporaryDirectory();
    const words = ["install", "--user", user, "--directory", directory.path];
    const file = join(directory.path, "weather.service");
    const { code, stdout, stderr } = await weather().run(words);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^.*weather\.service is written\. Next:\n\n +systemctl daemon-reload\n/u);
    const written = await readFile(file, "utf8");
    assert.equal((await weather().run(words)).code, 0, "the same once more");
    await writeFile(file, "mine\n");
    const refused = await weather().run(words);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /is there already, and another one; .*--force\n$/u);
    assert.equal(await readFile(file, "utf8"), "mine\n");
    assert.equal((await weather().run([...words, "--force"])).code, 0);
    assert.equal(await readFile(file, "utf8"), written);
  });

  test("refuses in a line what would not start", async () => {
    for (const [words, reason] of [
      [["--user", "no-such-user"], /^There is no user no-such-user here; make one/u],
      [["--bogus"], /^install takes --print, --user USER, --directory DIR and --force/u],
      [
        ["--user", user, "--directory", "/no/such/folder"],
        /^\/no\/such\/folder\/weather\.service cannot be written: .*--print$/mu,
      ],
    ] as const) {
      const { code, stdout, stderr } = await weather().run(["install", ...words]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, reason);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });

  test("the unit is one that systemd reads, wherever the release lies, and little is left to attack", {
    skip: missing("systemd-analyze"),
  }, async () => {
    await using directory = await makeTemporaryDirectory();
    const root = join(directory.path, "100% mine", "weather");
    await mkdir(join(directory.path, "100% mine"));
    const copied = spawnSync("cp", ["-a", path, root]);
    assert.equal(copied.status, 0);
    const there = machine.release(root, withNode);
    const words = ["install", "--user", user, "--directory", directory.path];
    assert.equal((await there.run(words)).code, 0);
    const file = join(directory.path, "weather.service");
    const judged = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    assert.deepEqual([judged.status, judged.stderr], [0, ""], judged.stdout);
    const security = ["security", "--offline=true", "--no-pager", "--threshold=30", file];
    const exposed = spawnSync("systemd-analyze", security, { encoding: "utf8" });
    assert.equal(exposed.status, 0, exposed.stdout.slice(-300));
  });
});

/** What a service manager listens at, and what it is told. */
interface FakeManager extends AsyncDisposable {
  readonly variables: Readonly<Record<string, string>>;
  readonly told: readonly string[];
  /** Resolves when it has been told `news` once more than `before` times. */
  hears(news: string, before?: number): Promise<void>;
}

function nobodyLooks(): void {}

async function openManager(): Promise<FakeManager> {
  const directory = await makeTemporaryDirectory();
  const socket = join(directory.path, "notify");
  const listener = spawn("nc", ["-vlkuU", socket], { stdio: ["ignore", "pipe", "pipe"] });
  const unguard = guardProcess(pidOf(listener));
  const told: string[] = [];
  let look = nobodyLooks;
  let text = "";
  listener.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    // Messages come without an end; each is followed by the one that its sender waits for.
    const parts = text.split("BARRIER=1");
    text = parts.pop() ?? "";
    told.push(...parts.map((part) => part.trim()));
    look();
  });
  // It says that it listens.
  await within(once(createInterface({ input: listener.stderr }), "line"), "nc to listen");
  const count = (news: string): number => told.filter((each) => each === news).length;
  return {
    variables: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" },
    told,
    async hears(news, heard = 0) {
      const heardMore = async (): Promise<void> => {
        while (count(news) <= heard) {
          await new Promise<void>((resolve) => {
            look = resolve;
          });
        }
      };
      await within(heardMore(), () => `${news} among ${told.join(", ")}`);
    },
    async [Symbol.asyncDispose]() {
      listener.kill();
      unguard();
      await directory[Symbol.asyncDispose]();
    },
  };
}

suite("a service manager", { skip: missing("systemd-notify", "nc") }, () => {
  test("is told when the node serves, that it lives while it turns, nothing of a restart, and when it stops", async () => {
    await using manager = await openManager();
    const node = weather(manager.variables).spawn();
    await manager.hears("READY=1");
    const count = (): number => manager.told.filter((news) => news === "WATCHDOG=1").length;
    await manager.hears("WATCHDOG=1", 1);

    // One that hangs says nothing, however long one waits: here five times as long as it would take.
    process.kill(node.pid, "SIGSTOP");
    await pause(200);
    const said = count();
    await pause(500);
    assert.equal(count(), said);
    process.kill(node.pid, "SIGCONT");
    await manager.hears("WATCHDOG=1", said);

    await weather().printed("restart");
    await manager.hears("READY=1", 1);
    assert.equal(Number(await weather().printed("pid")), node.pid);
    await manager.hears("WATCHDOG=1", count());
    assert.ok(!manager.told.includes("STOPPING=1"));
    await weather().printed("stop");
    await manager.hears("STOPPING=1");
    assert.equal((await node.exited).code, 0);
  });
});
