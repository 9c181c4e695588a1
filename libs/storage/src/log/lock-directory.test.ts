import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { openLogStore } from "./open-log-store.ts";
import { ManualScheduler } from "./testing/manual-scheduler.ts";
import { recordEvents } from "./testing/record-events.ts";

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

test("a store whose LOCK is gone leaves the log to the next one: it takes no write, and does not seal it", async () => {
  await using directory = await temporaryDirectory();
  const [bucket, key] = [Uint8Array.of(0x62), Uint8Array.of(0x6b)];
  const first = await openLogStore({ directory: directory.path, clock });
  await first.createBucket(bucket);
  await (await first.put(bucket, [{ key, value: Uint8Array.of(1) }])).durable;
  await rm(join(directory.path, "LOCK"));
  await using second = await openLogStore({ directory: directory.path, clock });
  await (await second.put(bucket, [{ key, value: Uint8Array.of(2) }])).durable;
  const { durable } = await first.put(bucket, [{ key, value: Uint8Array.of(3) }]);
  await assert.rejects(async () => durable, {
    code: "STORAGE_WRITE_UNKNOWN",
    message: /: its file LOCK was removed or replaced, /u,
  });
  await first[Symbol.asyncDispose]();
  assert.ok(!(await readdir(directory.path)).includes("SEAL"), "the first one has sealed it");
  await second[Symbol.asyncDispose]();
  await using third = await openLogStore({ directory: directory.path, clock });
  const { outcome } = await third.get(bucket, key);
  assert.deepEqual(outcome.type === "found" && [...outcome.value], [2]);
});

test("an idle store finds out within a second that its LOCK was replaced, says so and does not seal", async () => {
  await using directory = await temporaryDirectory();
  const scheduler = new ManualScheduler();
  const store = await openLogStore({ directory: directory.path, clock, scheduler });
  scheduler.passSecond();
  assert.equal(store.statistics().writable, true);
  await rm(join(directory.path, "LOCK"));
  await writeFile(join(directory.path, "LOCK"), "");
  using recording = recordEvents();
  scheduler.passSecond();
  scheduler.passSecond();
  assert.deepEqual(
    recording.events.map(({ type }) => type),
    ["writes-stopped"],
  );
  assert.match(String(store.statistics().readOnlyReason), /^its file LOCK was removed/u);
  await store[Symbol.asyncDispose]();
  assert.ok(!(await readdir(directory.path)).includes("SEAL"));
});

test("a store whose LOCK goes within its last second does not seal", async () => {
  await using directory = await temporaryDirectory();
  const store = await openLogStore({ directory: directory.path, clock });
  await rm(join(directory.path, "LOCK"));
  await store[Symbol.asyncDispose]();
  assert.ok(!(await readdir(directory.path)).includes("SEAL"));
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
