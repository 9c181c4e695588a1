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
import { openLogStore } from "./open-log-store.ts";
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
