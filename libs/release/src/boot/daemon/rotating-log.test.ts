import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { RotatingLog } from "./rotating-log.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-log-"));
});
afterEach(() => rm(folder, { recursive: true }));

const textOf = (name: string): Promise<string> => readFile(join(folder, "log", name), "utf8");

test("what is written is in the file when write returns, which is private", async () => {
  const log = new RotatingLog(join(folder, "log/foo.log"));
  log.write("one\n");
  assert.equal(await textOf("foo.log"), "one\n");
  new RotatingLog(join(folder, "log/foo.log")).write("two\n");
  assert.equal(await textOf("foo.log"), "one\ntwo\n");
  assert.equal((await stat(join(folder, "log/foo.log"))).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, "log"))).mode & 0o777, 0o700);
});

test("a file that is long gives way, some former ones are kept, and no line is cut", async () => {
  const log = new RotatingLog(join(folder, "log/foo.log"), { limitBytes: 10, keptFiles: 2 });
  for (const line of ["a", "b", "c", "d", "e", "f", "g"]) log.write(`${line.repeat(4)}\n`);
  assert.deepEqual((await readdir(join(folder, "log"))).toSorted(), [
    "foo.log",
    "foo.log.1",
    "foo.log.2",
  ]);
  assert.equal(await textOf("foo.log"), "gggg\n");
  assert.equal(await textOf("foo.log.1"), "eeee\nffff\n");
  assert.equal(await textOf("foo.log.2"), "cccc\ndddd\n");
  log.write("a line that is longer than the limit\n");
  assert.equal(await textOf("foo.log"), "a line that is longer than the limit\n");
});

test("a file that somebody has moved away is begun anew by reopen", async () => {
  const path = join(folder, "log/foo.log");
  const log = new RotatingLog(path);
  log.write("one\n");
  await rename(path, `${path}.old`);
  log.write("two\n");
  log.reopen();
  log.write("three\n");
  assert.equal(await textOf("foo.log.old"), "one\ntwo\n");
  assert.equal(await textOf("foo.log"), "three\n");
});

test("a line that cannot be written is lost, and nothing else happens", {
  skip: process.platform !== "linux",
}, () => {
  const log = new RotatingLog("/dev/full");
  let failure: unknown;
  assert.equal(
    log.write("lost\n", (error) => {
      failure = error;
    }),
    true,
  );
  assert.ok(failure instanceof Error && "code" in failure && failure.code === "ENOSPC");
});
