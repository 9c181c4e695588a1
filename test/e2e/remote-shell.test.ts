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

suite("npm run kv -- remote on a terminal", { skip }, () => {
  test("evaluates on the node, completes, clears a line by ctrl-C, is left by ctrl-D, and the node lives on", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    const user = await mkdtemp(join(tmpdir(), "kv-home-"));
    const command = `exec '${process.execPath}' '${join(checkout, "tools", "kv.ts")}' remote`;
    const env = {
      ...environmentOf(home),
      HOME: user,
      SHELL: "/bin/sh",
    };
    const terminal = spawn(script ?? "script", ["-qec", command, "/dev/null"], {
      cwd: checkout,
      env: { ...env, NO_COLOR: "1", TERM: "xterm" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const unguard = guardProcess(pidOf(terminal));
    try {
      const person = new Person(terminal);
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
      assert.equal((await stat(join(user, ".kv_history"))).mode & 0o777, 0o600);
    } finally {
      terminal.kill();
      unguard();
      await rm(user, { recursive: true, force: true });
    }
    await node.stop();
  });
});
