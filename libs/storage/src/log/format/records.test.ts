import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutationNumber } from "../../state/mutation-number.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeRecords } from "./decode-records.ts";
import { encodeRecord } from "./encode-record.ts";
import type { LogRecord } from "./log-record.ts";
import { RecordCursor } from "./record-cursor.ts";

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(mutationNumber);
const bytes = fc.uint8Array({ maxLength: 300 });
const expiresAtMs = fc.option(fc.maxSafeInteger(), { nil: undefined });
const plain = { noNullPrototype: true };
const field = fc.record({ key: bytes, value: bytes, expiresAtMs }, plain);
/** A kept bucket is one of which nothing is said. */
const life = fc.constantFrom({}, { lifetime: "transient" as const });
const named = (record: LogRecord, rest: object): LogRecord => Object.assign(record, rest);
const numbers = { bucketId: number, revision: number };

const called = <Type extends LogRecord["type"]>(type: Type): fc.Arbitrary<Type> =>
  fc.constant(type);

const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
  fc.tuple(number, bytes, life).map(([bucketId, name, rest]) => {
    return named({ type: "create", bucketId, revision: bucketId, name }, rest);
  }),
  fc.record({ type: called("keep"), ...numbers }, plain),
  fc.tuple(number, number, bytes, expiresAtMs, life).map(([one, other, name, time, rest]) => {
    const [bucketId = one, revision = one] = [one, other].toSorted((low, high) => low - high);
    return named({ type: "restate", bucketId, revision, name, expiresAtMs: time }, rest);
  }),
  fc.record({ type: called("drop"), ...numbers }, plain),
  fc.record(
    { type: called("put"), ...numbers, fields: fc.array(field, { minLength: 1, maxLength: 4 }) },
    plain,
  ),
  fc.record(
    { type: called("delete"), ...numbers, keys: fc.array(bytes, { minLength: 1, maxLength: 4 }) },
    plain,
  ),
  fc.record({ type: called("expire-bucket"), ...numbers, expiresAtMs }, plain),
  fc.record({ type: called("expire-key"), ...numbers, key: bytes, expiresAtMs }, plain),
  fc.record({ type: called("copy"), ...numbers, key: bytes, value: bytes, expiresAtMs }, plain),
  fc.record({ type: called("trim"), firstSegment: number }, plain),
);

function encode(...records: readonly LogRecord[]): Uint8Array {
  const writer = new ByteWriter();
  for (const record of records) encodeRecord(writer, record);
  return writer.view();
}

test("decodeRecords() gives back what encodeRecord() was given, one after the other", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
      assert.deepEqual(decodeRecords(encode(...records)), records);
    }),
  );
});

test("decodeRecords() takes no record that is cut short", () => {
  fc.assert(
    fc.property(
      anyRecord,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (record, part) => {
        const whole = encode(record);
        const cut = whole.subarray(0, 1 + Math.floor((whole.length - 1) * part));
        assert.equal(decodeRecords(cut), undefined);
      },
    ),
  );
});

test("RecordCursor shows the records of a range, whatever lies around it, and passes over what nobody asks for", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 5 }), bytes, (records, around) => {
      const payload = encode(...records);
      const file = Uint8Array.of(...around, ...payload, ...around);
      const cursor = new RecordCursor();
      cursor.open(file, around.length, around.length + payload.length);
      const found: number[] = [];
      while (cursor.nextRecord()) found.push(cursor.bucketId);
      assert.equal(cursor.isBad, false);
      assert.deepEqual(
        found,
        records.map((record) => (record.type === "trim" ? record.firstSegment : record.bucketId)),
      );
    }),
  );
});

test("RecordCursor never fails on arbitrary bytes, and never looks behind the range", () => {
  const anyType = fc.integer({ min: 0, max: 10 });
  const anyFlags = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ max: 255 }));
  const anyStart = fc.tuple(anyType, anyFlags, fc.nat({ max: 3 }), fc.nat({ max: 3 }));
  fc.assert(
    fc.property(anyStart, fc.uint8Array({ maxLength: 80 }), (start, rest) => {
      const [type, flags, id, revision] = start;
      const zeros = [0, 0, 0, 0, 0, 0, 0];
      const file = Uint8Array.of(type, flags, id, ...zeros, revision, ...zeros, ...rest);
      for (let end = 0; end <= file.length; end++) {
        const cursor = new RecordCursor();
        cursor.open(file, 0, end);
        while (cursor.nextRecord()) {
          while (cursor.nextItem())
            assert.ok(cursor.keyStart <= cursor.keyEnd && cursor.keyEnd <= end);
        }
        assert.equal(cursor.nextRecord(), false);
        assert.equal(cursor.nextItem(), false);
      }
      void decodeRecords(file);
    }),
  );
});

const START = { id: [1, 0, 0, 0, 0, 0, 0, 0], revision: [2, 0, 0, 0, 0, 0, 0, 0] };
const NOTHING = [0, 0, 0, 0, 0, 0, 0, 0];
const MALFORMED: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ["an unknown type", [10, 0, ...START.id, ...START.revision]],
  ["type 0, as in a hole of a file", [0, 0, ...START.id, ...START.revision]],
  ["bucket 0", [2, 0, ...NOTHING, ...START.revision]],
  ["revision 0", [2, 0, ...START.id, ...NOTHING]],
  ["a revision of 2^53", [2, 0, ...START.id, 0, 0, 0, 0, 0, 0, 0x20, 0]],
  ["a DROP with a flag", [2, 1, ...START.id, ...START.revision]],
  ["a PUT with a flag", [3, 1, ...START.id, ...START.revision, 1, 0, 0, 0, ...NOTHING]],
  ["a PUT of nothing", [3, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
  ["a PUT of 2^32 - 1 fields", [3, 0, ...START.id, ...START.revision, 255, 255, 255, 255]],
  [
    "a field whose checksum does not match",
    [3, 0, ...START.id, ...START.revision, 1, 0, 0, 0, 1, 2, 3, 4, ...NOTHING, ...NOTHING],
  ],
  ["a DELETE of nothing", [4, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
  [
    "a key longer than the payload",
    [4, 0, ...START.id, ...START.revision, 1, 0, 0, 0, 9, 0, 0, 0, 1],
  ],
  ["an EXPIRE with flag 2", [5, 2, ...START.id, ...START.revision]],
  ["an EXPIRE KEY with flag 2", [6, 2, ...START.id, ...START.revision, 0, 0, 0, 0]],
  ["an EXPIRE at -2^63", [5, 1, ...START.id, ...START.revision, 0, 0, 0, 0, 0, 0, 0, 0x80]],
  ["a BUCKET with a flag kept free", [1, 8, ...START.id, ...START.id, 0, 0, 0, 0]],
  ["a BUCKET again with a flag kept free", [1, 9, ...START.id, ...START.id, 0, 0, 0, 0]],
  [
    "a transient BUCKET that is created with a time",
    [1, 6, ...START.id, ...START.id, ...NOTHING, 0, 0, 0, 0],
  ],
  ["a KEEP with a flag", [9, 1, ...START.id, ...START.revision]],
  ["a KEEP without a revision", [9, 0, ...START.id, ...NOTHING]],
  [
    "a BUCKET that is created with a time",
    [1, 2, ...START.id, ...START.id, ...NOTHING, 0, 0, 0, 0],
  ],
  ["a BUCKET whose revision is not its id", [1, 0, ...START.id, ...START.revision, 0, 0, 0, 0]],
  [
    "a BUCKET again with a revision below its id",
    [1, 1, ...START.revision, ...START.id, 0, 0, 0, 0],
  ],
  ["a COPY with a flag", [7, 1, ...START.id, ...START.revision, ...NOTHING, ...NOTHING]],
  ["a COPY of nothing", [7, 0, ...START.id, ...START.revision]],
  ["a TRIM with a flag", [8, 1, ...START.id, ...NOTHING]],
  ["a TRIM with a revision", [8, 0, ...START.id, ...START.revision]],
  ["a TRIM to segment 0", [8, 0, ...NOTHING, ...NOTHING]],
];

for (const [what, malformed] of MALFORMED) {
  test(`decodeRecords() refuses ${what}`, () => {
    assert.equal(decodeRecords(Uint8Array.from(malformed)), undefined);
  });
}

test("RecordCursor refuses a field whose time or lengths are none", () => {
  const put = encode({
    type: "put",
    bucketId: mutationNumber(1),
    revision: mutationNumber(2),
    fields: [{ key: Uint8Array.of(1), value: Uint8Array.of(2) }],
  });
  for (const [at, value] of [
    [22 + 12, 1], // -2^63 + 1
    [22 + 4, 3], // a key that reaches behind the end
    [22 + 8, 2], // a value that does
    [22 + 11, 255],
  ] as const) {
    const changed = Uint8Array.from(put);
    changed[at] = value;
    const cursor = new RecordCursor();
    cursor.open(changed, 0, changed.length);
    assert.equal(cursor.nextRecord() && cursor.nextItem(), false, `byte ${at}`);
    assert.ok(cursor.isBad);
  }
});
