import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import type { Readable } from "node:stream";
import { cannotRun } from "../cannot-run.ts";
import { pidFile, runningProcess } from "../pid-file.ts";
import type { ReleaseCall } from "../release-call.ts";
import { listen, NEWS_FD, NEWS_VARIABLE } from "./boot-news.ts";
import { type DaemonFiles, daemonFiles, LOG_VARIABLE, openToAppend } from "./daemon-files.ts";
import { isHeartWanted } from "./heart-command.ts";

/**
 * `daemon`: starts the node in the background, without a terminal, and resolves with 0 when all of it runs. One that does not
 * come so far has its last words told here, and its exit code answered. Throws `CANNOT_RUN`.
 */
export async function daemonCommand({ process: host, place }: ReleaseCall): Promise<number> {
  const running = runningProcess(pidFile(place));
  if (running !== undefined) {
    throw cannotRun(`${place.node} runs already, as process ${running.pid}`);
  }
  const files = daemonFiles(place);
  const before = lengthsOf(files);
  // tidy-allow: a release's script talks to it by variables, as mix release's does
  const variables = host.env;
  const child = background(host, files, isHeartWanted(variables) ? "heart" : "start");
  const code = await outcomeOf(child);
  if (code === undefined) {
    child.unref();
    const log = relative(host.cwd(), files.log);
    const pid = runningProcess(pidFile(place))?.pid ?? child.pid;
    host.stdout.write(`${place.node} runs as process ${pid}; it logs into ${log}\n`);
    return 0;
  }
  host.stderr.write(lastWords(files, before));
  return code === 0 ? 1 : code;
}

function background(
  host: NodeJS.Process,
  { log, dying }: DaemonFiles,
  command: "start" | "heart",
): ChildProcess {
  const file = openToAppend(dying);
  const [, program = ""] = host.argv;
  try {
    return spawn(host.execPath, [...host.execArgv, program, command], {
      // A session of its own: the end of the terminal is none of its business.
      detached: true,
      stdio: ["ignore", file, file, "pipe"],
      // tidy-allow: what the node is told by its script it is told here too
      env: { ...host.env, [LOG_VARIABLE]: log, [NEWS_VARIABLE]: String(NEWS_FD) },
    });
  } finally {
    closeSync(file);
  }
}

/** The exit code of a child that ended; `undefined` for one that runs. */
async function outcomeOf(child: ChildProcess): Promise<number | undefined> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was asked for as a pipe
  const news = child.stdio[NEWS_FD] as Readable;
  const started = Promise.withResolvers<undefined>();
  listen(news, () => started.resolve(undefined));
  const ended = once(child, "exit").then(([code]: unknown[]) =>
    typeof code === "number" ? code : 1,
  );
  const outcome = await Promise.race([started.promise, ended]);
  news.destroy();
  return outcome;
}

/** How long the files are now, to know later what was added. */
function lengthsOf(files: DaemonFiles): ReadonlyMap<string, number> {
  const lengths = [files.log, files.dying].map((file) => {
    return [file, statSync(file, { throwIfNoEntry: false })?.size ?? 0] as const;
  });
  return new Map(lengths);
}

/** What people are told of a start that failed: what is no event of the log, in which it stays. */
function lastWords(files: DaemonFiles, before: ReadonlyMap<string, number>): string {
  const added = [files.log, files.dying].flatMap((file) => {
    const text = statSync(file, { throwIfNoEntry: false }) && readFileSync(file);
    return (text?.subarray(before.get(file) ?? 0).toString() ?? "").split("\n");
  });
  const said = added.filter((line) => line !== "" && !line.startsWith("{"));
  return said.length === 0 ? `It has ended; see ${files.log}\n` : `${said.join("\n")}\n`;
}
