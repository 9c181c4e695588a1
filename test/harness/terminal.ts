import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import { within } from "./deadline.ts";
import { findProgram } from "./find-program.ts";
import { guardProcess, pidOf } from "./process-guard.ts";

const script = process.platform === "linux" ? findProgram("script") : undefined;

/** Why there can be no terminal here; `false` where there can. */
export const noTerminal =
  script === undefined
    ? "there is no script of util-linux here to make a terminal (Debian: apt-get install bsdutils)"
    : false;

/** A person at a terminal. */
export class Person {
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

/** A command on a terminal of its own, typed by a person who has nothing else. */
export interface OpenTerminal extends AsyncDisposable {
  readonly person: Person;
  readonly process: ChildProcess;
  /** The person's home. */
  readonly home: string;
}

/** Opens a terminal that runs `command`, words for a shell that `exec` takes. Disposal ends it. */
export async function openTerminal(
  command: string,
  environment: NodeJS.ProcessEnv,
): Promise<OpenTerminal> {
  const home = await mkdtemp(join(tmpdir(), "kv-home-"));
  const terminal = spawn(script ?? "script", ["-qec", `exec ${command}`, "/dev/null"], {
    cwd: checkout,
    env: { ...environment, HOME: home, SHELL: "/bin/sh", NO_COLOR: "1", TERM: "xterm" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const unguard = guardProcess(pidOf(terminal));
  return {
    person: new Person(terminal),
    process: terminal,
    home,
    async [Symbol.asyncDispose]() {
      terminal.kill();
      unguard();
      await rm(home, { recursive: true, force: true });
    },
  };
}
