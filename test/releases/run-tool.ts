import { spawn } from "node:child_process";
import { within } from "../harness/deadline.ts";
import { environmentOf } from "../harness/node-process.ts";
import type { Operated } from "../harness/operator.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";

/** An assembly copies Node's 150 MB, beside whatever else the machine has to do. */
const patienceMs = 60_000;

/** How a program is run. */
export interface ToolOptions {
  readonly cwd: string;
  /** Variables beside or instead of this process's own; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What is typed; standard input stays open behind it. Empty by default. */
  readonly typed?: string | undefined;
  /** All of standard input, in place of that. */
  readonly input?: string | undefined;
  /** The number of the user who runs it, which takes root. */
  readonly user?: number | undefined;
}

/** Runs `command` to its end, without the variables that would steer it. */
export async function runTool(
  [program = "", ...words]: readonly string[],
  { cwd, env = {}, typed, input = "", user }: ToolOptions,
): Promise<Operated> {
  const steering = { KV_ENV: undefined, PORT: undefined, RELEASE_COOKIE: undefined };
  const child = spawn(program, words, {
    cwd,
    env: { ...environmentOf({ dataDirectory: cwd }), ...unset, ...steering, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // A program may end before it has read what was typed.
  child.stdin.on("error", () => undefined);
  if (typed === undefined) child.stdin.end(input);
  else child.stdin.write(typed);
  const unguard = guardProcess(pidOf(child));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const done = new Promise<Operated>((resolve) => {
    child.once("close", (code, signal) => {
      unguard();
      child.stdin.destroy();
      resolve({ code, signal, stdout, stderr });
    });
  });
  return await within(done, `${program} ${words.join(" ")} to end`, patienceMs);
}

/** What {@link environmentOf} sets for nodes of a checkout. */
const unset = { KV_DATA_DIR: undefined, XDG_RUNTIME_DIR: undefined };

/** Assembles in the project at `cwd`: `node tools/release.ts WORDS`. */
export function runRelease(words: readonly string[], options: ToolOptions): Promise<Operated> {
  return runTool([process.execPath, "tools/release.ts", ...words], options);
}

/** A program of the project at `cwd` on a terminal: all that it prints comes as standard output. Needs util-linux's `script`. */
export function runToolOnTerminal(
  program: string,
  words: readonly string[],
  options: ToolOptions,
): Promise<Operated> {
  const command = ["exec", process.execPath, program, ...words].join(" ");
  return runTool(["script", "-qec", command, "/dev/null"], options);
}
