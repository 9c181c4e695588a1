import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { findProgram } from "../harness/find-program.ts";
import { openNodeHome } from "../harness/node-home.ts";
import { environmentOf } from "../harness/node-process.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";

const script = process.platform === "linux" ? findProgram("script") : undefined;
const skip =
  script === undefined
    ? "there is no script of util-linux here to make a terminal (Debian: apt-get install bsdutils)"
    : false;

/** A person at a terminal. */
class Person {
  readonly #terminal: ChildProcess;
  #seen = "";
  #look: () => void = () => {};

  constructor(terminal: ChildProcess) {
    this.#terminal = terminal;
    terminal.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#seen += text;
      this.#look();
    });
  }

  type(keys: string): void {
    this.#terminal.stdin?.write(keys);
  }

  /** Reads on until something that `pattern` matches; what came before, without the terminal's codes. */
  async read(pattern: RegExp): Promise<string> {
    const found = async (): Promise<string> => {
      for (;;) {
        const escape = String.fromCodePoint(27);
        const plain = this.#seen.replaceAll(new RegExp(`${escape}\\[[0-9;]*[A-Za-z]`, "gu"), "");
        const match = pattern.exec(plain);
        if (match !== null) {
          this.#seen = plain.slice(match.index + match[0].length);
          return plain.slice(0, match.index + match[0].length);
        }
        await new Promise<void>((resolve) => {
          this.#look = resolve;
        });
      }
    };
    return await within(found(), () => `${String(pattern)} in ${JSON.stringify(this.#seen)}`);
  }
}

/** A shell on a node, opened by a person who has nothing else. */
interface OpenShell extends AsyncDisposable {
  readonly person: Person;
  readonly terminal: ChildProcess;
  /** The person's home. */
  readonly home: string;
}

async function openShell(node: { readonly dataDirectory: string }): Promise<OpenShell> {
  const user = await mkdtemp(join(tmpdir(), "kv-home-"));
  const command = `exec '${process.execPath}' '${join(checkout, "tools", "kv.ts")}' remote`;
  const terminal = spawn(script ?? "script", ["-qec", command, "/dev/null"], {
    cwd: checkout,
    env: { ...environmentOf(node), HOME: user, SHELL: "/bin/sh", NO_COLOR: "1", TERM: "xterm" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const unguard = guardProcess(pidOf(terminal));
  return {
    person: new Person(terminal),
    terminal,
    home: user,
    async [Symbol.asyncDispose]() {
      terminal.kill();
      unguard();
      await rm(user, { recursive: true, force: true });
    },
  };
}

suite("npm run kv -- remote on a terminal", { skip }, () => {
  test("evaluates on the node, completes, clears a line by ctrl-C, is left by ctrl-D, and the node lives on", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using shell = await openShell(home);
    const { person, terminal } = shell;
    await person.read(/kv@[\w-]+\(1\)> /u);
    person.type('await kv.create("shopping")\r');
    await person.read(/undefined\r\n.*\(2\)> /u);
    person.type('await kv.put("shopping", "milk", "1"); await kv.get("shopping", "milk")\r');
    await person.read(/'1'\r\n.*\(3\)> /u);
    person.type("kv.api.listB");
    await person.read(/kv\.api\.listB/u);
    // Together with other keys it would be taken for a part of a text that is pasted.
    person.type("\t");
    await person.read(/uckets/u);
    person.type("\u0003");
    await person.read(/\(3\)> /u);
    person.type("await new Promise(() => {})\r");
    await person.read(/\{\}\)\r+\n/u);
    person.type("\u0003");
    await person.read(/Given up[^]*\(4\)> /u);
    person.type("nope\r");
    await person.read(/Uncaught ReferenceError: nope is not defined[^]*\(5\)> /u);
    const ended = once(terminal, "exit");
    person.type("\u0004");
    const [code] = await within(ended, "the shell to end");
    assert.equal(code, 0);
    assert.equal((await stat(join(shell.home, ".kv_history"))).mode & 0o777, 0o600);
    await node.stop();
  });
  test("ends with a line when the node does", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using shell = await openShell(home);
    await shell.person.read(/kv@[\w-]+\(1\)> /u);
    const ended = once(shell.terminal, "exit");
    await node.stop();
    await shell.person.read(/Cannot finish "remote": node "kv" is stopping/u);
    const [code] = await within(ended, "the shell to end");
    assert.equal(code, 1);
  });
});
