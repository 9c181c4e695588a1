import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { environmentOf } from "../harness/node-process.ts";
import { operate } from "../harness/operator.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { noTerminal, type OpenTerminal, openTerminal } from "../harness/terminal.ts";

const start = join(checkout, "tools", "start.ts");

/** `npm run shell -- --sname ann` on a terminal: a node whose table has every bucket on itself. */
async function openShell(dataDirectory: string): Promise<OpenTerminal> {
  const command = `'${process.execPath}' '${start}' --shell --sname ann`;
  return await openTerminal(command, environmentOf({ dataDirectory }));
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

interface Script {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run shell` with `text` as its input, and no terminal. */
async function runScript(dataDirectory: string, text: string): Promise<Script> {
  const child = spawn(process.execPath, [start, "--shell"], {
    cwd: checkout,
    env: environmentOf({ dataDirectory }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const unguard = guardProcess(pidOf(child));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const closed = once(child, "close");
  child.stdin.end(text);
  try {
    const [code]: unknown[] = await within(closed, () => `the node to end: ${stdout}${stderr}`);
    return { code, stdout, stderr };
  } finally {
    unguard();
  }
}

suite("npm run shell on a terminal", { skip: noTerminal }, () => {
  test("is the node and its shell: the log stands above the prompt, and leaving stops it in order", async () => {
    await using directory = await makeTemporaryDirectory();
    await using shell = await openShell(directory.path);
    const { person, process: terminal } = shell;
    const before = await person.read(/ann@[\w-]+\(1\)> /u);
    assert.match(before, /ctrl-D leaves, and stops the node/u);
    person.type('await kv.create("shopping"); void (await kv.put("shopping", "milk", "1"))\r');
    await person.read(/undefined\r\n.*\(2\)> /u);
    person.type('await kv.get("shopping", "milk")\r');
    await person.read(/'1'\r\n.*\(3\)> /u);
    // An operator, while a line is half typed: what the node logs of it is not to tear that.
    person.type('env.put("logger", "level", "debug")\r');
    await person.read(/\(4\)> /u);
    person.type("6 * (3 + ");
    await person.read(/6 \* \(3 \+ /u);
    await operate(["--node", "ann", "status"], { dataDirectory: directory.path });
    await person.read(/Ran "status" in \d+ ms\r\n.*\(4\)> 6 \* \(3 \+ /u);
    person.type("4)\r");
    await person.read(/42\r\n.*\(5\)> /u);
    person.type("typed and thought better of");
    await person.read(/better of/u);
    person.type("\u0003");
    await person.read(/\r\n.*\(5\)> /u);
    person.type("await new Promise(() => {})\r");
    await person.read(/\{\}\)\r+\n/u);
    person.type("\u0003");
    await person.read(/Given up[^]*\(6\)> /u);
    // What code prints later stands above the prompt, too.
    person.type('setTimeout(() => console.log("later"), 1) && 7\r');
    await person.read(/later\r\n.*\(7\)> /u);
    person.type("\u0003");
    await person.read(/\(ctrl-D leaves, and stops the node\)\r\n.*\(7\)> /u);
    const ended = once(terminal, "exit");
    person.type("\u0004");
    await person.read(/Sealed the store/u);
    const [code]: unknown[] = await within(ended, "the node to end");
    assert.equal(code, 0);
  });

  test("follows the size of its terminal", async () => {
    await using directory = await makeTemporaryDirectory();
    await using shell = await openShell(directory.path);
    const { person } = shell;
    await person.read(/\(1\)> /u);
    const wide = '({ one: "1".repeat(9), two: "2".repeat(9), three: 3 })\r';
    person.type("node.pid\r");
    const pid = /^(\d+)\r$/mu.exec(await person.read(/\n\d+\r\n[^]*\(2\)> /u))?.[1];
    const terminal = readlinkSync(`/proc/${pid}/fd/0`);
    person.type(wide);
    await person.read(/'1{9}', two: [^]*\(3\)> /u);
    assert.equal(spawnSync("stty", ["-F", terminal, "cols", "30"]).status, 0);
    // The signal that tells of it comes when it comes.
    let asked = 3;
    let columns: string | undefined;
    while (columns !== "30") {
      person.type("process.stdout.columns\r");
      asked += 1;
      const answer = await person.read(new RegExp(`\\n\\d+\\r\\n[^]*\\(${asked}\\)> `, "u"));
      columns = /^(\d+)\r$/mu.exec(answer)?.[1];
    }
    person.type(wide);
    await person.read(new RegExp(`'1{9}',\\r\\n[^]*\\(${asked + 1}\\)> `, "u"));
  });

  test("gives the terminal back when the node is stopped from outside", async () => {
    await using directory = await makeTemporaryDirectory();
    const command = `'${process.execPath}' '${start}' --shell --sname ann; echo "code $?"; stty -a`;
    await using shell = await openTerminal(
      `sh -c ${quoted(command)}`,
      environmentOf({ dataDirectory: directory.path }),
    );
    const { person, process: terminal } = shell;
    await person.read(/\(1\)> /u);
    const ended = once(terminal, "exit");
    person.type("process.kill(process.pid)\r");
    await person.read(/Sealed the store/u);
    await person.read(/^code 0\r$/mu);
    // Lines again, and what is typed is seen.
    await person.read(/ icanon /u);
    await person.read(/ echo /u);
    const [code]: unknown[] = await within(ended, "the node to end");
    assert.equal(code, 0);
  });
});

suite("npm run shell without a terminal", () => {
  test("runs the lines of its input on the node, and stops that in order", async () => {
    await using directory = await makeTemporaryDirectory();
    const lines = 'await kv.create("shopping")\nawait kv.put("shopping",\n"milk", "1")\n6 * 7\n';
    const { code, stdout, stderr } = await runScript(directory.path, lines);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.match(stdout, /^42$/mu);
    assert.match(stdout, /Sealed the store/u);
  });

  test("ends with the first line that fails: exit code 1, and the node has stopped in order", async () => {
    await using directory = await makeTemporaryDirectory();
    const { code, stdout, stderr } = await runScript(directory.path, "nope\n6 * 7\n");
    assert.match(stderr, /^Uncaught ReferenceError: nope is not defined/u);
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /^42$/mu);
    assert.match(stdout, /Sealed the store/u);
  });
});
