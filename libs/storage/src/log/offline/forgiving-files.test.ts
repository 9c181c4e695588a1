import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FilePort } from "../file-port.ts";
import { isSystemError, systemError } from "../system-reason.ts";
import { SimulatedDisk } from "../testing/simulated-disk.ts";
import { forgivingFiles, type UnreadableBytes } from "./forgiving-files.ts";

const PATH = "/kv/file";
const BLOCK_BYTES = 4096;

/** A disk that gives no bytes of some blocks, and whose reads are short when `isShort`. */
function failing(content: Uint8Array, bad: ReadonlySet<number>, isShort: boolean): FilePort {
  const disk = new SimulatedDisk([[PATH, content]]);
  const plain = new SimulatedDisk([[PATH, content]]);
  return Object.assign(disk, {
    openForReading: async (path: string) => {
      const file = await plain.openForReading(path);
      const read = async (into: Uint8Array, positionBytes: number): Promise<number> => {
        const wanted = isShort ? into.subarray(0, Math.ceil(into.length / 2)) : into;
        const first = Math.floor(positionBytes / BLOCK_BYTES);
        const last = Math.floor((positionBytes + wanted.length - 1) / BLOCK_BYTES);
        for (let block = first; block <= last; block++) {
          if (bad.has(block)) throw systemError("EIO", "read");
        }
        return file.read(wanted, positionBytes);
      };
      return { ...file, read };
    },
  });
}

test("forgivingFiles() gives zeros for exactly the blocks that the disk does not give", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 10 * BLOCK_BYTES }),
    fc.uniqueArray(fc.nat(9)),
    fc.boolean(),
    async (length, badBlocks, isShort) => {
      const bad = new Set(badBlocks);
      const content = Uint8Array.from({ length }, (_, at) => (at % 255) + 1);
      const told: UnreadableBytes[] = [];
      const files = forgivingFiles(failing(content, bad, isShort), (bytes) => told.push(bytes));
      const expected = content.map((byte, at) =>
        bad.has(Math.floor(at / BLOCK_BYTES)) ? 0 : byte,
      );
      assert.deepEqual(await files.read(PATH), expected);
      const lost = told.flatMap(({ offsetBytes, lengthBytes }) =>
        Array.from({ length: lengthBytes }, (_, at) => offsetBytes + at),
      );
      assert.deepEqual(
        lost,
        [...expected.keys()].filter((at) => expected[at] === 0),
      );
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

test("forgivingFiles() passes every other failure on", async () => {
  const disk = new SimulatedDisk([[PATH, Uint8Array.of(1)]]);
  const files = forgivingFiles(disk, () => assert.fail("nothing is unreadable"));
  disk.faults = ({ type }) => (type === "read" ? { type: "error", code: "EROFS" } : undefined);
  await assert.rejects(files.read(PATH), (error) => isSystemError(error, "EROFS"));
  await assert.rejects(files.read("/kv/other"), (error) => isSystemError(error, "ENOENT"));
  assert.equal(disk.readerCount, 0);
});
