import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { guardProcess, isRunning, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

/** `npm run bench` without npm; standard error is piped. */
function spawnBench(directory: string, words: readonly string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(checkout, "bench", "bench.ts"), "--quick", "--dir", directory, ...words],
    { cwd: checkout, stdio: ["ignore", "ignore", "pipe"] },
  );
  child.once("exit", guardProcess(pidOf(child)));
  return child;
}

suite("npm run bench", () => {
  test("measures, writes every figure to a file, and leaves nothing behind", async () => {
    await using directory = await makeTemporaryDirectory();
    await using results = await makeTemporaryDirectory();
    const file = join(results.path, "results.json");
    const child = spawnBench(directory.path, ["--only", "opening", "--json", file]);
    const [code]: unknown[] = await within(once(child, "exit"), "the bench to end", 100_000);
    assert.equal(code, 0);
    assert.match(await readFile(file, "utf8"), /"name": "opening"[^]*"10 k"[^]*"100 k"/u);
    assert.deepEqual(await readdir(directory.path), []);
  });

  test("ends its processes and removes its files at ctrl-C, also when it comes twice", async () => {
    await using directory = await makeTemporaryDirectory();
    const child = spawnBench(directory.path, ["--only", "workloads"]);
    let told = "";
    child.stderr?.on("data", (text: Buffer) => {
      told += text.toString();
    });
    await once(child.stderr ?? child, "data");
    const children = await childrenOf(pidOf(child));
    child.kill("SIGINT");
    setImmediate(() => child.kill("SIGINT"));
    const [code]: unknown[] = await within(once(child, "close"), "the bench to end");
    assert.equal(code, 130, told);
    assert.match(told, /Interrupted: all processes and files of the run are gone/u);
    assert.deepEqual(await readdir(directory.path), []);
    assert.deepEqual(children.filter(isRunning), []);
  });
});

/** Where the system tells: the processes that `pid` has started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  if (process.platform !== "linux") return [];
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}
