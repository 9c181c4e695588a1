import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { layout } from "../src/layout.ts";
import type { Release } from "../src/release.ts";

/** How a run of a release's program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A node of a release, as a process of its own. It is killed when it is disposed and still runs. */
export interface ReleaseNode extends AsyncDisposable {
  readonly pid: number;
  /** All that it has printed on standard output. */
  readonly stdout: () => string;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output has `text`; rejects when it ended without. */
  saw(text: string): Promise<void>;
}

/** Variables of the operating system. */
export type Variables = Readonly<Record<string, string>>;

/** What the launcher would have set, with `variables` above it: a release that talks to nobody but those of its folder. */
function environmentOf(release: Release, variables: Variables): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/bin:/bin",
    NODE_COMPILE_CACHE: join(import.meta.dirname, "../../../node_modules/.cache/node"),
    SOCKETS: join(release.path, "tmp"),
    RELEASE_ROOT: release.path,
    RELEASE_NAME: release.name,
    RELEASE_VSN: release.version,
    RELEASE_COOKIE: "a cookie of the tests",
    ...variables,
  };
}

/** Runs one command of an assembled release to its end. */
export async function runRelease(
  release: Release,
  words: string | readonly string[],
  variables: Variables = {},
): Promise<Ended> {
  const child = spawnRelease(release, words, variables);
  child.stdin?.end();
  return await outcome(child);
}

/** The same, with `input` as all of its standard input. */
export async function runPiped(
  release: Release,
  words: readonly string[],
  input: string,
): Promise<Ended> {
  const child = spawnRelease(release, words);
  child.stdin?.end(input);
  return await outcome(child);
}

/** Starts a node, and resolves when all of it runs, or rejects with what it said when it ended before. */
export async function startRelease(
  release: Release,
  variables: Variables = {},
): Promise<ReleaseNode> {
  const child = spawnRelease(release, "start", variables);
  child.stdin?.end();
  const ended = outcome(child);
  let stdout = "";
  const saw = async (text: string): Promise<void> => {
    while (!stdout.includes(text)) {
      const end = await Promise.race([ended, once(child.stdout ?? child, "data")]);
      if ("code" in end && !stdout.includes(text)) throw new Error(`it ended: ${end.stderr}`);
    }
  };
  child.stdout?.on("data", (text) => (stdout += text));
  const node = {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    ended,
    saw,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
  await saw("Started ");
  return node;
}

/** Starts one command of an assembled release. A list of words is taken as it is; a text is cut at its spaces. */
export function spawnRelease(
  release: Release,
  words: string | readonly string[],
  variables: Variables = {},
): ChildProcess {
  const program = join(release.path, layout.program(release.name, release.version));
  const args = typeof words === "string" ? words.split(" ").filter((word) => word !== "") : words;
  const child = spawn(process.execPath, [program, ...args], {
    env: environmentOf(release, variables),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout?.setEncoding("utf8");
  child.stderr?.setEncoding("utf8");
  return child;
}

async function outcome(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => (stdout += text));
  child.stderr?.on("data", (text) => (stderr += text));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}
