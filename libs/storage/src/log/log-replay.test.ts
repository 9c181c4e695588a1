import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../errors.ts";
import { type MutationNumber, mutationNumber } from "../state/mutation-number.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import { encodeRecord } from "./format/encode-record.ts";
import { GROUP_HEADER_BYTES, sealGroup } from "./format/group-header.ts";
import type { LogRecord } from "./format/log-record.ts";
import { encodeSegmentHeader } from "./format/segment-header.ts";
import { checksumSeed } from "./format/store-id.ts";
import { stateOn } from "./testing/one-group-a-turn.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const STORE_ID = new Uint8Array(16);
const PATH = "/kv/00000001.log";
const one = mutationNumber(1);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function groupOf(payload: Uint8Array, sequence: number): Uint8Array {
  const group = Uint8Array.of(...new Uint8Array(GROUP_HEADER_BYTES), ...payload);
  sealGroup(group, { sequence, syncedSequence: 0 }, checksumSeed(STORE_ID));
  return group;
}

function segmentOfGroups(...groups: readonly Uint8Array[]): SimulatedDisk {
  const header = encodeSegmentHeader({ storeId: STORE_ID, segment: 1, firstSequence: 1 });
  return new SimulatedDisk([[PATH, Buffer.concat([header, ...groups])]]);
}

/** One segment with a sound group for each payload. */
function segmentOf(...payloads: readonly Uint8Array[]): SimulatedDisk {
  return segmentOfGroups(...payloads.map((payload, index) => groupOf(payload, index + 1)));
}

function payloadOf(...records: readonly LogRecord[]): Uint8Array {
  const writer = new ByteWriter();
  for (const record of records) encodeRecord(writer, record);
  return writer.view();
}

function putAt(revision: number, bucketId: MutationNumber = one): LogRecord {
  const fields = [{ key: bytes("k"), value: bytes("v") }];
  return { type: "put", bucketId, revision: mutationNumber(revision), fields };
}

const create: LogRecord = { type: "create", bucketId: one, revision: one, name: bytes("b") };
const two = mutationNumber(2);

test("openLogStore() reads a segment that is put together by hand", async () => {
  const declare: LogRecord = { type: "declare", bucketId: one, revision: one, name: bytes("b") };
  const disk = segmentOf(payloadOf(create), payloadOf(declare, putAt(2)));
  assert.equal(await stateOn(disk), "62 at 2 until undefined\n  6b = 76 at 2 until undefined");
});

test("openLogStore() takes a group that is not the next in sequence for the end of the log", async () => {
  for (const sequence of [1, 3]) {
    const disk = segmentOfGroups(
      groupOf(payloadOf(create), 1),
      groupOf(payloadOf(putAt(2)), sequence),
    );
    assert.equal(await stateOn(disk), "62 at 1 until undefined");
  }
});

const NONSENSE: readonly (readonly [what: string, payload: Uint8Array])[] = [
  ["bytes that are no record", Uint8Array.of(99)],
  ["a record that is cut short", payloadOf(putAt(2)).subarray(0, 20)],
  ["a record and a byte", Uint8Array.of(...payloadOf(putAt(2)), 1)],
  ["a revision that comes a second time", payloadOf(putAt(1))],
  ["a bucket that is not there", payloadOf(putAt(2, mutationNumber(7)))],
  [
    "a bucket that was dropped",
    payloadOf({ type: "drop", bucketId: one, revision: two }, putAt(3)),
  ],
  [
    "a name that is taken",
    payloadOf({ type: "create", bucketId: two, revision: two, name: bytes("b") }),
  ],
  [
    "a key that is not there to be deleted",
    payloadOf({ type: "delete", bucketId: one, revision: two, keys: [bytes("k")] }),
  ],
  [
    "a key that is not there to expire",
    payloadOf({
      type: "expire-key",
      bucketId: one,
      revision: two,
      key: bytes("k"),
      expiresAtMs: 1,
    }),
  ],
  [
    "a name that is not the bucket's",
    payloadOf({ type: "declare", bucketId: one, revision: one, name: bytes("c") }),
  ],
];

for (const [what, payload] of NONSENSE) {
  test(`openLogStore() takes a sound last group with ${what} for damage, not for a torn tail`, async () => {
    const offsetBytes = 44 + GROUP_HEADER_BYTES + payloadOf(create).length;
    await assert.rejects(stateOn(segmentOf(payloadOf(create), payload)), (error) => {
      assert.ok(isStorageError(error, "STORAGE_DAMAGED"), String(error));
      assert.equal(error.details.path, PATH);
      assert.equal(error.details.offsetBytes, offsetBytes);
      return true;
    });
  });
}

test("openLogStore() is not misled by a value that looks like a group of another store", async () => {
  const forged = Uint8Array.of(...new Uint8Array(GROUP_HEADER_BYTES), 1);
  sealGroup(forged, { sequence: 9, syncedSequence: 9 }, checksumSeed(new Uint8Array(16).fill(1)));
  const fields = [{ key: bytes("k"), value: forged }];
  const put: LogRecord = { type: "put", bucketId: one, revision: two, fields };
  const disk = segmentOf(payloadOf(create), payloadOf(put));
  const whole = disk.files().get(PATH) ?? new Uint8Array();
  const torn = Uint8Array.from(whole);
  torn
    .fill(0, 44 + GROUP_HEADER_BYTES + payloadOf(create).length)
    .set(forged, whole.length - forged.length);
  assert.equal(await stateOn(new SimulatedDisk([[PATH, torn]])), "62 at 1 until undefined");
});
