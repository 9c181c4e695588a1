import { spawn } from "node:child_process";
import { once } from "node:events";
import { patienceMs, within } from "../../harness/deadline.ts";
import { guardProcess, pidOf } from "../../harness/process-guard.ts";

/** What a program printed, and how it ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly code: number | null;
}

/** What a program is run with beside its words. */
export interface RunOptions {
  /** All of its standard input; without it there is none. */
  readonly input?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take. */
  readonly limitMs?: number;
  /** Asked about all that it has printed so far; `true` ends it, by SIGTERM. */
  readonly isEnough?: (stdout: string) => boolean;
}

/** Runs `program` without blocking this process, which may well be the server it talks to; it is gone when this resolves or rejects. */
export async function runProgram(
  program: string,
  words: readonly string[],
  { input, env, limitMs = patienceMs, isEnough = () => false }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(program, words, { env: { ...process.env, ...env } });
  const unguard = guardProcess(pidOf(child));
  const closed = once(child, "close");
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (isEnough(stdout)) child.kill();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A program that has ended before it read its input says so by its exit.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  try {
    await within(
      closed,
      () => `${program} ${words.join(" ")} to end:\n${stdout}\n${stderr}`,
      limitMs,
    );
    return { stdout, stderr, code: child.exitCode };
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await closed;
    }
    unguard();
  }
}
