import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { systemTime } from "@kv/application";
import type { ReleaseCall } from "../release-call.ts";
import type { Variables } from "../release-place.ts";
import { listen, NEWS_FD, NEWS_VARIABLE, tell } from "./boot-news.ts";
import { HeartPolicy } from "./heart-policy.ts";

/** How often a node says that it turns. */
const BEAT_MS = 1_000;

/** A node that has said nothing for so long hangs, unless `RELEASE_HEART_TIMEOUT` says otherwise, in seconds. */
const TIMEOUT_S = 60;

/** Whether a daemon is to be started again when it dies. */
export function isHeartWanted({ RELEASE_HEART: wanted }: Variables): boolean {
  return wanted === "true" || wanted === "1";
}

/** Has this node say, now and then, that its event loop turns; whoever started it wants to know. */
export function beat(variables: Variables): void {
  if (!isHeartWanted(variables)) return;
  const timer = setInterval(() => {
    // Without a heart it lives on.
    if (!tell("beat", variables)) clearInterval(timer);
  }, BEAT_MS).unref();
}

/**
 * `heart`, which only `daemon` calls: has a node run, and starts it again when it has died, or hangs: then it is killed. Ends
 * with the node when that was stopped, or when its configuration is wrong: with its exit code.
 */
export async function heartCommand({ process: host, place }: ReleaseCall): Promise<number> {
  // tidy-allow: a release's script talks to it by variables, as mix release's does
  const variables = host.env;
  const timeoutMs = timeoutIn(variables) * 1000;
  const policy = new HeartPolicy();
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    host.on(signal, () => {
      stopping.abort();
      child?.kill(signal);
    });
  }
  for (;;) {
    const began = systemTime.nowMs();
    child = startNode(host);
    const { code, signal, hadStarted, hung } = await lifeOf(child, timeoutMs, variables);
    const ranMs = systemTime.nowMs() - began;
    const pauseMs = stopping.signal.aborted
      ? undefined
      : policy.pauseAfter({ code, ranMs, hadStarted });
    if (pauseMs === undefined) return code ?? 1;
    const how = hung
      ? `had hung for ${timeoutMs / 1000} s`
      : `ended with ${signal ?? `code ${code}`}`;
    host.stderr.write(
      `heart: ${place.node} (process ${child.pid}) ${how}; it is started again in ${pauseMs / 1000} s\n`,
    );
    await after(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    if (stopping.signal.aborted) return 0;
  }
}

function timeoutIn({ RELEASE_HEART_TIMEOUT: text }: Variables): number {
  const seconds = Number(text);
  return text !== undefined && seconds > 0 ? seconds : TIMEOUT_S;
}

function startNode(host: NodeJS.Process): ChildProcess {
  const [, program = ""] = host.argv;
  return spawn(host.execPath, [...host.execArgv, program, "start"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
    // tidy-allow: what heart is told by its script the node is told too
    env: { ...host.env, [NEWS_VARIABLE]: String(NEWS_FD) },
  });
}

interface Life {
  readonly code: number | null;
  readonly signal: string | null;
  readonly hadStarted: boolean;
  readonly hung: boolean;
}

/** How a node ended. The first that comes up is news for whoever waits for heart, too. */
async function lifeOf(child: ChildProcess, timeoutMs: number, variables: Variables): Promise<Life> {
  let hadStarted = false;
  let hung = false;
  const kill = (): void => {
    hung = true;
    child.kill("SIGKILL");
  };
  let timer: NodeJS.Timeout | undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was asked for as a pipe
  listen(child.stdio[NEWS_FD] as Readable, (news) => {
    if (news === "started") {
      hadStarted = true;
      tell("started", variables);
    }
    // How long a start may take nobody knows; who is up has to say so.
    clearTimeout(timer);
    timer = setTimeout(kill, timeoutMs);
  });
  const [code, signal]: unknown[] = await once(child, "exit");
  clearTimeout(timer);
  return {
    code: typeof code === "number" ? code : null,
    signal: typeof signal === "string" ? signal : null,
    hadStarted,
    hung,
  };
}
