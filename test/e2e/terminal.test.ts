import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { suite, test } from "node:test";
import { checkout, compileCache } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { findProgram } from "../harness/find-program.ts";
import { environmentOf, testCookie } from "../harness/node-process.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

const script = process.platform === "linux" ? findProgram("script") : undefined;
const skip =
  script === undefined
    ? "there is no script of util-linux here to make a terminal (Debian: apt-get install bsdutils)"
    : false;

/** What a node prints on a terminal until its stop by ctrl-C, typed on that terminal. */
async function onTerminal(env: Readonly<Record<string, string>>): Promise<string> {
  await using directory = await makeTemporaryDirectory();
  // Node takes a terminal in CI for one without colours.
  const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, CI: _ci, ...inherited } = process.env;
  // `exec`: a dash that stayed beside the node would take the ctrl-C too and report its own death, 130.
  const command = `exec '${process.execPath}' '${join(checkout, "tools", "start.ts")}'`;
  const terminal = spawn(script ?? "script", ["-qec", command, "/dev/null"], {
    cwd: checkout,
    env: {
      ...inherited,
      SHELL: "/bin/sh",
      PORT: "0",
      KV_ENV: "test",
      KV_DATA_DIR: directory.path,
      XDG_RUNTIME_DIR: directory.path,
      RELEASE_COOKIE: testCookie,
      NODE_COMPILE_CACHE: compileCache,
      ...env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const unguard = guardProcess(pidOf(terminal));
  try {
    return await within(talk(terminal), "the node on the terminal to end");
  } finally {
    terminal.kill();
    unguard();
  }
}

/** Types ctrl-C as soon as the node has started. */
async function talk(terminal: ChildProcess): Promise<string> {
  let printed = "";
  let isStopping = false;
  const closed = once(terminal, "close");
  terminal.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    if (isStopping || !printed.includes("Accepting connections")) return;
    isStopping = true;
    terminal.stdin?.write("\u0003");
  });
  const [code] = await closed;
  assert.equal(code, 0);
  return printed;
}

/** Resolves once the file at `path`, which is being written, holds `text`. */
async function fileHolds(path: string, text: string): Promise<void> {
  const found = Promise.withResolvers<void>();
  const look = (): void => {
    const written = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (written.includes(text)) found.resolve();
  };
  const watcher = watch(dirname(path), look);
  look();
  try {
    await within(found.promise, () => `"${text}" in ${path}`);
  } finally {
    watcher.close();
  }
}

suite("on a terminal", { skip }, () => {
  test("the log is for people, in colour, and ctrl-C stops the node in order", async () => {
    const printed = await onTerminal({ TERM: "xterm-256color" });
    assert.match(printed, /INFO.*Accepting connections on port \d+/u);
    assert.match(printed, /Sealed the store/u);
    assert.ok(printed.includes("\u001b["), printed);
    assert.doesNotMatch(printed, /^\{/mu);
  });

  test("SIGHUP, when the terminal goes away, stops the node in order", async () => {
    await using directory = await makeTemporaryDirectory();
    const pidFile = join(directory.path, "pid");
    const logFile = join(directory.path, "log");
    const node = `'${process.execPath}' '${join(checkout, "tools", "start.ts")}'`;
    const command = `echo $$ > '${pidFile}'; exec ${node} > '${logFile}' 2>&1`;
    const terminal = spawn(script ?? "script", ["-qec", command, "/dev/null"], {
      cwd: checkout,
      env: {
        ...process.env,
        SHELL: "/bin/sh",
        ...environmentOf({ dataDirectory: directory.path }),
      },
      stdio: ["pipe", "ignore", "inherit"],
    });
    const unguardTerminal = guardProcess(pidOf(terminal));
    await fileHolds(logFile, "system-started");
    const unguard = guardProcess(Number(await readFile(pidFile, "utf8")));
    // As when its window is closed: the system itself sends SIGHUP then.
    terminal.kill("SIGKILL");
    unguardTerminal();
    await fileHolds(logFile, `"type":"sealed"`);
    unguard();
    assert.match(await readFile(logFile, "utf8"), /SIGHUP: stopping/u);
  });

  test("NO_COLOR is respected", async () => {
    const printed = await onTerminal({ TERM: "xterm-256color", NO_COLOR: "1" });
    assert.match(printed, /INFO.*Accepting connections on port \d+/u);
    assert.ok(!printed.includes("\u001b["), printed);
  });
});
