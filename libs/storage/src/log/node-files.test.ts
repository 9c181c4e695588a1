import assert from "node:assert/strict";
import { constants } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isStorageError } from "../errors.ts";
import { readFully, writeFullySync } from "./file-port.ts";
import { nodeFiles } from "./node-files.ts";
import { openLogStore } from "./open-log-store.ts";
import { isSystemError } from "./system-reason.ts";
import { BUCKET, KEY } from "./testing/one-group-a-turn.ts";

/** Of open(2): the bits that say whether a file is open for reading, writing or both. */
const O_ACCMODE = 3;

const clock = (): number => 0;

async function temporaryDirectory(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kv-files-"));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

function isInaccessible(path: string, reason: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, "STORAGE_INACCESSIBLE"), String(error));
    assert.equal(error.details.path, path);
    assert.match(error.details.reason, reason);
    return true;
  };
}

test("openLogStore() makes a directory and files for their owner only", async (context) => {
  const directory = join(await temporaryDirectory(context), "a", "b");
  const store = await openLogStore({ directory, clock });
  await store[Symbol.asyncDispose]();
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  for (const name of ["00000001.log", "SEAL", "LOCK", "LOCK.pid"]) {
    assert.equal((await stat(join(directory, name))).mode & 0o077, 0, name);
  }
});

test("makeDirectory() is not misled by others who make the same parents at the same time", async (context) => {
  const root = await temporaryDirectory(context);
  for (let round = 0; round < 100; round++) {
    const paths = ["a", "b", "c", "c"].map((name) => join(root, `new-${round}`, "nodes", name));
    await Promise.all(paths.map((path) => nodeFiles.makeDirectory(path)));
  }
});

test("openLogStore() says why it cannot use a path", async (context) => {
  const directory = await temporaryDirectory(context);
  const file = join(directory, "file");
  await writeFile(file, "");
  const opened = openLogStore({ directory: file, clock });
  await assert.rejects(opened, isInaccessible(file, /no directory has that name/u));
  const below = join(file, "below");
  const openedBelow = openLogStore({ directory: below, clock });
  await assert.rejects(openedBelow, isInaccessible(below, /no directory has that name/u));
});

test("makeDirectory() makes parents that others make at the same time", async (context) => {
  const path = await temporaryDirectory(context);
  const rounds = Array.from({ length: 30 }, (_, round) => join(path, String(round), "data"));
  for (const parent of rounds) {
    const nodes = ["foo", "bar", "baz"].map((name) => join(parent, name));
    await Promise.all(nodes.map((node) => nodeFiles.makeDirectory(node)));
    assert.deepEqual((await readdir(parent)).toSorted(), ["bar", "baz", "foo"]);
  }
});

test("openLogStore() refuses a segment that it cannot read, and holds nothing then", async (context) => {
  const directory = await temporaryDirectory(context);
  const segment = join(directory, "00000001.log");
  await mkdir(segment);
  const refused = isInaccessible(directory, /a directory has the name.*00000001\.log/u);
  await assert.rejects(openLogStore({ directory, clock }), refused);
  await rm(segment, { recursive: true });
  const store = await openLogStore({ directory, clock });
  await store[Symbol.asyncDispose]();
});

/** The flags that a file of this process is open with; `undefined` when it is not open. */
async function openFlags(path: string): Promise<number | undefined> {
  for (const descriptor of await readdir("/proc/self/fd")) {
    // The descriptor that lists the directory is gone by now.
    const target = await readlink(`/proc/self/fd/${descriptor}`).catch(() => undefined);
    if (target !== path) continue;
    const information = await readFile(`/proc/self/fdinfo/${descriptor}`, "utf8");
    return Number.parseInt(/^flags:\s+(\d+)$/mu.exec(information)?.[1] ?? "", 8);
  }
  return undefined;
}

for (const sync of ["always", "everysec"] as const) {
  test(`a segment is open for synced writes when sync is "always", here "${sync}"`, {
    skip: process.platform === "linux" ? false : "only Linux tells how a file is open",
  }, async (context) => {
    const directory = await temporaryDirectory(context);
    const expected = sync === "always" ? constants.O_DSYNC : 0;
    const segment = join(await realpath(directory), "00000001.log");
    for (const what of ["a new segment", "a segment that was there"]) {
      await using _ = await openLogStore({ directory, clock, sync });
      const flags = (await openFlags(segment)) ?? Number.NaN;
      assert.equal(flags & O_ACCMODE, constants.O_WRONLY, what);
      assert.equal(flags & constants.O_DSYNC, expected, what);
    }
  });
}

test("a large value goes through the real disk and comes back", async (context) => {
  const directory = await temporaryDirectory(context);
  const value = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
  {
    await using store = await openLogStore({ directory, clock });
    await store.createBucket(BUCKET);
    const { durable } = await store.put(BUCKET, [{ key: KEY, value }]);
    await durable;
  }
  await using store = await openLogStore({ directory, clock });
  const { outcome } = await store.get(BUCKET, KEY);
  assert.ok(outcome.type === "found" && Buffer.compare(outcome.value, value) === 0);
});

test("openForReading() reads from anywhere, also what is written and removed later", async (context) => {
  const path = join(await temporaryDirectory(context), "file");
  await writeFile(path, Uint8Array.of(1, 2, 3));
  const reader = await nodeFiles.openForReading(path);
  const into = new Uint8Array(4);
  assert.equal(await reader.read(into, 1), 2);
  assert.deepEqual(into, Uint8Array.of(2, 3, 0, 0));
  assert.equal(await reader.read(into, 3), 0);
  assert.equal(await reader.read(new Uint8Array(), 0), 0);
  await writeFile(path, Uint8Array.of(4, 5), { flag: "a" });
  assert.equal(await nodeFiles.size(path), 5);
  await nodeFiles.remove(path);
  assert.equal(await readFully(reader, into, 1), 4);
  assert.deepEqual(into, Uint8Array.of(2, 3, 4, 5));
  await reader.close();
  await assert.rejects(reader.read(into, 0), (error) => isSystemError(error, "EBADF"));
});

test("openForReading() and size() reject for what is not there", async (context) => {
  const path = join(await temporaryDirectory(context), "file");
  await assert.rejects(nodeFiles.openForReading(path), (error) => isSystemError(error, "ENOENT"));
  await assert.rejects(nodeFiles.size(path), (error) => isSystemError(error, "ENOENT"));
});

test("reads name the file that turns out to be a directory", async (context) => {
  const path = await temporaryDirectory(context);
  const reader = await nodeFiles.openForReading(path);
  const isNamed = { code: "EISDIR", path };
  await assert.rejects(reader.read(new Uint8Array(1), 0), isNamed);
  await assert.rejects(nodeFiles.read(path), isNamed);
  await reader.close();
});

test("writeSync() has given the bytes to the system when it returns", async (context) => {
  const path = join(await temporaryDirectory(context), "file");
  const file = await nodeFiles.open(path, { file: "new", syncsEveryWrite: false });
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  writeFullySync(file, bytes, 3);
  const read = new Uint8Array(await readFile(path));
  await file.close();
  assert.deepEqual(read.subarray(0, 3), new Uint8Array(3));
  assert.deepEqual(read.subarray(3), bytes);
});

test("writeSync() has written what is to be synced when it returns", async (context) => {
  const path = join(await temporaryDirectory(context), "file");
  const file = await nodeFiles.open(path, { file: "new", syncsEveryWrite: true });
  assert.equal(file.writeSync(Uint8Array.of(7), 0), 1);
  await file.close();
  assert.deepEqual(new Uint8Array(await readFile(path)), Uint8Array.of(7));
});
