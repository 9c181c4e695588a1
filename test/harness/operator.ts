import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import { within } from "./deadline.ts";
import { environmentOf } from "./node-process.ts";
import { guardProcess, pidOf } from "./process-guard.ts";

/** What an operator saw of a command. */
export interface Operated {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface OperatorOptions {
  /** That of the node. */
  readonly dataDirectory: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** A command that runs: `node tools/kv.ts WORDS`. */
export interface RunningOperator {
  readonly child: ChildProcess;
  /** When it is gone, and all it printed has been read. */
  readonly done: Promise<Operated>;
}

/** Starts a command and goes on at once. */
export function startOperator(words: readonly string[], options: OperatorOptions): RunningOperator {
  const child = spawn(process.execPath, [join(checkout, "tools", "kv.ts"), ...words], {
    cwd: checkout,
    env: environmentOf(options),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const unguard = guardProcess(pidOf(child));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {}).end(options.input ?? "");
  const done = new Promise<Operated>((resolve) => {
    child.once("close", (code, signal) => {
      unguard();
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, done };
}

/** Runs a command to its end. */
export function operate(words: readonly string[], options: OperatorOptions): Promise<Operated> {
  return within(startOperator(words, options).done, `kv ${words.join(" ")} to end`);
}
