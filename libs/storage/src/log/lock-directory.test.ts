import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { openLogStore } from "./open-log-store.ts";

async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kv-lock-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const clock = (): number => 0;

function isHeldBy(holder: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, "STORAGE_LOCKED"), String(error));
    assert.equal(error.details.holder, holder);
    return true;
  };
}

function isUnusableLock(error: unknown): boolean {
  assert.ok(isStorageError(error, "STORAGE_INACCESSIBLE"), String(error));
  assert.match(error.message, /: its file LOCK .*; when no node is running there, delete it$/u);
  return true;
}

test("openLogStore() refuses a second store in the same process, until the first is closed", async () => {
  await using directory = await temporaryDirectory();
  const first = await openLogStore({ directory: directory.path, clock });
  const refused = isHeldBy(`process ${process.pid}`);
  await assert.rejects(openLogStore({ directory: directory.path, clock }), refused);
  await assert.rejects(openLogStore({ directory: directory.path, clock }), refused);
  await first[Symbol.asyncDispose]();
  const again = await openLogStore({ directory: directory.path, clock });
  await again[Symbol.asyncDispose]();
});

test("openLogStore() names the process that holds the directory, and opens once that was killed", async () => {
  await using directory = await temporaryDirectory();
  const child = spawnHolder(directory.path);
  try {
    await once(child.stdout ?? child, "data");
    await assert.rejects(
      openLogStore({ directory: directory.path, clock }),
      isHeldBy(`process ${child.pid}`),
    );
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await using store = await openLogStore({ directory: directory.path, clock });
  const { outcome } = await store.get(Uint8Array.of(0x62), Uint8Array.of(0x6b));
  assert.equal(outcome.type, "found", "what the killed process was acknowledged is there");
});

test("openLogStore() opens and holds a directory whose LOCK.pid cannot be written", async () => {
  await using directory = await temporaryDirectory();
  await mkdir(join(directory.path, "LOCK.pid"));
  await using first = await openLogStore({ directory: directory.path, clock });
  const refused = isHeldBy("another process");
  await assert.rejects(openLogStore({ directory: directory.path, clock }), refused);
  await first[Symbol.asyncDispose]();
  await using _ = await openLogStore({ directory: directory.path, clock });
});

test("openLogStore() needs no room for its lock, and names no process that is gone", {
  skip: process.platform === "linux" ? false : "only Linux has /dev/full",
}, async () => {
  await using directory = await temporaryDirectory();
  const pidPath = join(directory.path, "LOCK.pid");
  await symlink("/dev/full", pidPath);
  await using _ = await openLogStore({ directory: directory.path, clock });
  const names = await readdir(directory.path);
  assert.deepEqual(names.toSorted(), ["00000001.log", "LOCK"]);
  const refused = isHeldBy("another process");
  await assert.rejects(openLogStore({ directory: directory.path, clock }), refused);
});

test("openLogStore() takes the lock over from a release that left a journal beside it", async () => {
  await using directory = await temporaryDirectory();
  await writeFile(join(directory.path, "LOCK-journal"), "");
  await using _ = await openLogStore({ directory: directory.path, clock });
  const refused = isHeldBy(`process ${process.pid}`);
  await assert.rejects(openLogStore({ directory: directory.path, clock }), refused);
});

test("openLogStore() names the file LOCK when that cannot be used, and holds nothing then", async () => {
  await using directory = await temporaryDirectory();
  const lockPath = join(directory.path, "LOCK");
  await mkdir(lockPath);
  await assert.rejects(openLogStore({ directory: directory.path, clock }), isUnusableLock);
  await rmdir(lockPath);
  await writeFile(lockPath, "this is no database ".repeat(100));
  await assert.rejects(openLogStore({ directory: directory.path, clock }), isUnusableLock);
  await rm(lockPath);
  await using _ = await openLogStore({ directory: directory.path, clock });
});

/**
 * A process that puts one key, says so, and stays. Before that it tries to open the store a second
 * time: closing any descriptor of a locked file drops the lock, as POSIX has it, and must not here.
 */
function spawnHolder(directory: string): ChildProcess {
  const program = `
    const { openLogStore } = await import(${JSON.stringify(import.meta.resolve("../index.ts"))});
    const store = await openLogStore({ directory: process.argv[1], clock: () => 0 });
    await openLogStore({ directory: process.argv[1], clock: () => 0 }).catch(() => {});
    store.createBucket(Uint8Array.of(0x62));
    const put = store.put(Uint8Array.of(0x62), [{ key: Uint8Array.of(0x6b), value: new Uint8Array() }]);
    await put.durable;
    process.stdout.write("ready");
    setInterval(() => {}, 60_000);
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", program, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
