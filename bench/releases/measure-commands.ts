import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { systemTime } from "@kv/application";
import { openMachine } from "../../test/releases/released.ts";

/** What the commands of a node take. Times in milliseconds, one for each time it was asked. */
export interface CommandFigures {
  readonly pidMs: readonly number[];
  readonly rpcMs: readonly number[];
  /** Of a node without clients: until its process is gone. */
  readonly stopMs: readonly number[];
  /** Resident memory of a node that has started and that nobody has asked for anything, in bytes. */
  readonly idleBytes: readonly number[];
}

/** A node is idle when its start is over for so long, in milliseconds. */
const IDLE_MS = 2_000;

/** How often a node is asked before it is stopped. */
const TIMES = 5;

/** Starts the release in `folder` `rounds` times on an empty machine, and has its commands run there. */
export async function measureCommands(folder: string, rounds: number): Promise<CommandFigures> {
  await using machine = await openMachine();
  const release = machine.release(folder);
  const time = async (...words: readonly string[]): Promise<number> => {
    const began = systemTime.nowMs();
    await release.printed(...words);
    return systemTime.nowMs() - began;
  };
  const pidMs: number[] = [];
  const rpcMs: number[] = [];
  const stopMs: number[] = [];
  const idleBytes: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await using node = await release.start();
    await pause(IDLE_MS);
    idleBytes.push(await residentBytes(node.pid));
    for (let count = 1; count <= TIMES; count += 1) {
      pidMs.push(await time("pid"));
      rpcMs.push(await time("rpc", "1 + 1"));
    }
    stopMs.push(await time("stop"));
  }
  return { pidMs, rpcMs, stopMs, idleBytes };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error("the system does not say what a process takes");
  return Number(kibibytes) * 1024;
}
