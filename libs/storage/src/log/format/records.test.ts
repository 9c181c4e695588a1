import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutationNumber } from "../../state/mutation-number.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeRecord } from "./decode-record.ts";
import { encodeRecord } from "./encode-record.ts";
import type { LogRecord } from "./log-record.ts";

const number = fc
  .maxSafeNat()
  .filter((value) => value > 0)
  .map(mutationNumber);
const bytes = fc.uint8Array({ maxLength: 300 });
const expiresAtMs = fc.option(fc.maxSafeInteger(), { nil: undefined });
const plain = { noNullPrototype: true };
const field = fc.record({ key: bytes, value: bytes, expiresAtMs }, plain);
const numbers = { bucketId: number, revision: number };

const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
  fc
    .tuple(fc.constantFrom("create" as const, "declare" as const), number, bytes)
    .map(([type, bucketId, name]) => ({ type, bucketId, revision: bucketId, name })),
  fc.record({ type: fc.constant("drop" as const), ...numbers }, plain),
  fc.record(
    {
      type: fc.constant("put" as const),
      ...numbers,
      fields: fc.array(field, { minLength: 1, maxLength: 4 }),
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant("delete" as const),
      ...numbers,
      keys: fc.array(bytes, { minLength: 1, maxLength: 4 }),
    },
    plain,
  ),
  fc.record({ type: fc.constant("expire-bucket" as const), ...numbers, expiresAtMs }, plain),
  fc.record(
    { type: fc.constant("expire-key" as const), ...numbers, key: bytes, expiresAtMs },
    plain,
  ),
);

function encode(...records: readonly LogRecord[]): Uint8Array {
  const writer = new ByteWriter();
  for (const record of records) encodeRecord(writer, record);
  return writer.view();
}

test("decodeRecord() gives back what encodeRecord() was given, one after the other", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
      const reader = new ByteReader(encode(...records));
      const read: (LogRecord | undefined)[] = [];
      while (!reader.isAtEnd) read.push(decodeRecord(reader));
      assert.deepEqual(read, records);
    }),
  );
});

test("decodeRecord() takes no record that is cut short", () => {
  fc.assert(
    fc.property(
      anyRecord,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (record, part) => {
        const whole = encode(record);
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        assert.equal(decodeRecord(new ByteReader(cut)), undefined);
      },
    ),
  );
});

test("decodeRecord() never fails on arbitrary bytes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 80 }), (type, rest) => {
      const reader = new ByteReader(Uint8Array.of(type, ...rest));
      let record = decodeRecord(reader);
      while (record !== undefined && !reader.isAtEnd) record = decodeRecord(reader);
    }),
  );
});

const START = { id: [1, 0, 0, 0, 0, 0, 0, 0], revision: [2, 0, 0, 0, 0, 0, 0, 0] };
const MALFORMED: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ["an unknown type", [7, 0, ...START.id, ...START.revision]],
  ["type 0, as in a hole of a file", [0, 0, ...START.id, ...START.revision]],
  ["bucket 0", [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...START.revision]],
  ["revision 0", [2, 0, ...START.id, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["a revision of 2^53", [2, 0, ...START.id, 0, 0, 0, 0, 0, 0, 0x20, 0]],
  ["a DROP with a flag", [2, 1, ...START.id, ...START.revision]],
  [
    "a PUT with a flag",
    [3, 1, ...START.id, ...START.revision, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ],
  ["a PUT of nothing", [3, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
  ["a PUT of 2^32 - 1 fields", [3, 0, ...START.id, ...START.revision, 255, 255, 255, 255]],
  [
    "a field with flag 2",
    [3, 0, ...START.id, ...START.revision, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
  ],
  ["a DELETE of nothing", [4, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
  [
    "a key longer than the payload",
    [4, 0, ...START.id, ...START.revision, 1, 0, 0, 0, 9, 0, 0, 0, 1],
  ],
  ["an EXPIRE with flag 2", [5, 2, ...START.id, ...START.revision]],
  ["a BUCKET with the flag kept free", [1, 2, ...START.id, ...START.id, 0, 0, 0, 0]],
  ["a BUCKET whose revision is not its id", [1, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
];

for (const [what, malformed] of MALFORMED) {
  test(`decodeRecord() refuses ${what}`, () => {
    assert.equal(decodeRecord(new ByteReader(Uint8Array.from(malformed))), undefined);
  });
}
