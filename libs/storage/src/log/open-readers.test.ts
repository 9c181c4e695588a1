import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OpenReaders } from "./open-readers.ts";
import { isSystemError } from "./system-reason.ts";
import { type DiskCall, SimulatedDisk } from "./testing/simulated-disk.ts";

/** Files `/kv/1` to `/kv/9`, each with its own number for content, and the calls made of them. */
function setUp(limit: number): { disk: SimulatedDisk; readers: OpenReaders; opened: string[] } {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const disk = new SimulatedDisk(numbers.map((number) => [`/kv/${number}`, Uint8Array.of(number)]));
  const opened: string[] = [];
  disk.faults = ({ type, path }: DiskCall) => {
    if (type === "open-for-reading") opened.push(path);
    return undefined;
  };
  const readers = new OpenReaders({ files: disk, pathOf: (number) => `/kv/${number}`, limit });
  return { disk, readers, opened };
}

async function readFirst(readers: OpenReaders, number: number): Promise<number | undefined> {
  const into = new Uint8Array(1);
  return (await readers.read(number, into, 0)) === 1 ? into[0] : undefined;
}

test("OpenReaders keeps a file open and closes the least recently read beyond the limit", async () => {
  const { disk, readers, opened } = setUp(2);
  for (const number of [1, 2, 1, 3, 1, 2]) assert.equal(await readFirst(readers, number), number);
  assert.deepEqual(opened, ["/kv/1", "/kv/2", "/kv/3", "/kv/2"]);
  assert.equal(readers.count, 2);
  await readers.closeAll();
  assert.equal(disk.readerCount, 0);
});

test("OpenReaders opens a file once for all who wait for it", async () => {
  const { readers, opened } = setUp(2);
  const read = await Promise.all([readFirst(readers, 1), readFirst(readers, 1)]);
  assert.deepEqual(read, [1, 1]);
  assert.deepEqual(opened, ["/kv/1"]);
});

test("OpenReaders closes no file that is being read, and the surplus afterwards", async () => {
  const { disk, readers } = setUp(2);
  disk.holdReads();
  const reads = [1, 2, 3, 4].map((number) => readFirst(readers, number));
  assert.equal(readers.count, 4);
  disk.releaseReads();
  assert.deepEqual(await Promise.all(reads), [1, 2, 3, 4]);
  assert.equal(readers.count, 2);
  await readers.closeAll();
  assert.equal(disk.readerCount, 0);
});

test("OpenReaders tells everyone who waits that a file cannot be opened, and then tries again", async () => {
  const { disk, readers } = setUp(2);
  disk.faults = () => ({ type: "error", code: "EIO" });
  const reads = await Promise.allSettled([readFirst(readers, 1), readFirst(readers, 1)]);
  assert.deepEqual(
    reads.map((read) => read.status === "rejected" && isSystemError(read.reason, "EIO")),
    [true, true],
  );
  assert.equal(readers.count, 0);
  disk.faults = () => undefined;
  assert.equal(await readFirst(readers, 1), 1);
});

test("OpenReaders keeps a file open whose read failed", async () => {
  const { disk, readers } = setUp(2);
  disk.faults = ({ type }) => (type === "read" ? { type: "error", code: "EIO" } : undefined);
  await assert.rejects(readFirst(readers, 1), (error) => isSystemError(error, "EIO"));
  assert.equal(readers.count, 1);
  disk.faults = () => undefined;
  assert.equal(await readFirst(readers, 1), 1);
});

test("whatever is read at once and one after another, OpenReaders reads right and keeps its limit", async () => {
  const number = fc.integer({ min: 1, max: 9 });
  const waves = fc.array(fc.array(number, { minLength: 1, maxLength: 6 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), waves, async (limit, rounds) => {
      const { disk, readers } = setUp(limit);
      for (const numbers of rounds) {
        const reads = numbers.map((which) => readFirst(readers, which));
        assert.deepEqual(await Promise.all(reads), numbers);
        assert.ok(readers.count <= limit);
      }
      await readers.closeAll();
      assert.equal(disk.readerCount, 0);
    }),
  );
});
