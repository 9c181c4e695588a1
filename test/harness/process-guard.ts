import type { ChildProcess } from "node:child_process";

/**
 * The last line of defence against processes left behind: should the test's own process end early, those that still run
 * are killed, each by its id. A test runner that gives up on a file sends SIGTERM, which by itself runs no `exit` event.
 */
const guarded = new Set<number>();

/** Who is told of what is guarded, beside; see `onGuarded`. */
let told: ((pid: number, isGuarded: boolean) => void) | undefined;

/** Kills `pid`, a process or by its negative a group, when this process ends; the result takes that back, once the process is gone. */
export function guardProcess(pid: number): () => void {
  if (guarded.size === 0) watch();
  guarded.add(pid);
  told?.(pid, true);
  return () => {
    guarded.delete(pid);
    told?.(pid, false);
    if (guarded.size === 0) unwatch();
  };
}

/** Has one listener told of every process that is guarded from now on, and of its end; `undefined` ends that. */
export function onGuarded(listener: ((pid: number, isGuarded: boolean) => void) | undefined): void {
  told = listener;
}

function watch(): void {
  process.on("exit", killGuarded);
  process.on("SIGTERM", leave);
}

function unwatch(): void {
  process.off("exit", killGuarded);
  process.off("SIGTERM", leave);
}

function leave(): void {
  process.exit(143);
}

function killGuarded(): void {
  for (const pid of guarded) process.kill(pid, "SIGKILL");
}

/** The id of a process that has just been spawned; throws when it was not. */
export function pidOf({ pid, spawnfile }: ChildProcess): number {
  if (pid === undefined) throw new Error(`Cannot start ${spawnfile}`);
  return pid;
}

/** Whether a process of this id is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
