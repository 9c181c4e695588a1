import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { within } from "./deadline.ts";
import { isRunning } from "./process-guard.ts";

const urlOf = (file: string): string =>
  JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);

/** A test's process: it starts a guarded child that would never end, and prints its id. */
const parent = `
  import { spawn } from "node:child_process";
  import { guardProcess } from ${urlOf("process-guard.ts")};
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", 1, 2] });
  guardProcess(child.pid);
  console.log(child.pid);
`;

/** The same, beside one that was guarded and is none of its concern any more. */
const watchedParent = `
  import { watchDeath } from ${urlOf("death-watch.ts")};
  watchDeath();
  guardProcess(process.ppid)();
  ${parent}
`;

for (const [signal, source] of [
  ["SIGTERM", parent],
  ["SIGKILL", watchedParent],
] as const) {
  test(`a guarded process is gone when its test's process is ended by ${signal}`, async () => {
    await endWith(signal, source);
  });
}

async function endWith(signal: NodeJS.Signals, source: string): Promise<void> {
  const owner = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(owner.stdout, "data");
  const pid = Number(String(printed));
  assert.ok(isRunning(pid));
  try {
    const closed = once(owner, "close");
    owner.kill(signal);
    // The child holds the other end of its parent's pipe, which closes when both are gone.
    await within(closed, "the guarded process to end");
  } catch (error) {
    process.kill(pid, "SIGKILL");
    throw error;
  }
}
