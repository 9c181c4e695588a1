import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutationNumber } from "../../state/mutation-number.ts";
import { ByteWriter } from "./byte-writer.ts";
import { encodeRecord } from "./encode-record.ts";
import {
  COPY_START_BYTES,
  decodeField,
  ENTRY_OVERHEAD_BYTES,
  encodeField,
  fieldBytes,
  type LoggedField,
  PUT_START_BYTES,
} from "./field.ts";

const bytes = fc.uint8Array({ maxLength: 60 });
const expiresAtMs = fc.option(fc.maxSafeInteger(), { nil: undefined });
const plain = { noNullPrototype: true };
const anyField = fc.record({ key: bytes, value: bytes, expiresAtMs }, plain);
const anyNumber = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(mutationNumber);

function encode(field: LoggedField, bucketId: number): Uint8Array {
  const writer = new ByteWriter();
  encodeField(writer, field, bucketId);
  return writer.view();
}

test("decodeField() gives back what encodeField() was given", () => {
  fc.assert(
    fc.property(anyField, anyNumber, (field, bucketId) => {
      const encoded = encode(field, bucketId);
      assert.equal(encoded.length, fieldBytes(field.key.length, field.value.length));
      assert.deepEqual(decodeField(encoded, bucketId), field);
    }),
  );
});

test("decodeField() takes no flipped bit, no other length and no other bucket's field", () => {
  fc.assert(
    fc.property(anyField, fc.integer({ min: 1, max: 2 ** 40 }), (field, bucketId) => {
      const encoded = encode(field, bucketId);
      for (let bit = 0; bit < encoded.length * 8; bit++) {
        const changed = Uint8Array.from(encoded);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(decodeField(changed, bucketId), undefined);
      }
      for (let length = 0; length < encoded.length; length++) {
        assert.equal(decodeField(encoded.subarray(0, length), bucketId), undefined);
      }
      assert.equal(decodeField(Uint8Array.of(...encoded, 0), bucketId), undefined);
      assert.equal(decodeField(encoded, bucketId + 1), undefined);
    }),
    { numRuns: 20 },
  );
});

test("decodeField() takes what encodeField() writes for Infinity as a time that never comes", () => {
  const field = { key: Uint8Array.of(1), value: Uint8Array.of(2) };
  const encoded = encode({ ...field, expiresAtMs: Number.POSITIVE_INFINITY }, 1);
  assert.deepEqual(encoded, encode({ ...field, expiresAtMs: undefined }, 1));
  assert.deepEqual(decodeField(encoded, 1), { ...field, expiresAtMs: undefined });
});

test("decodeField() never fails on arbitrary bytes", () => {
  fc.assert(fc.property(bytes, anyNumber, (any, bucketId) => void decodeField(any, bucketId)));
});

test("fields stand in PUT and COPY records where PUT_START_BYTES and COPY_START_BYTES say", () => {
  const some = fc.array(anyField, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      some,
      anyNumber,
      anyNumber,
      fc.nat({ max: 50 }),
      (fields, bucketId, revision, at) => {
        const writer = new ByteWriter();
        writer.setLength(at);
        encodeRecord(writer, { type: "put", bucketId, revision, fields });
        let start = at + PUT_START_BYTES;
        for (const field of fields) {
          const end = start + fieldBytes(field.key.length, field.value.length);
          assert.deepEqual(decodeField(writer.view().subarray(start, end), bucketId), field);
          start = end;
        }
        assert.equal(writer.length, start);
        const [field] = fields;
        assert.ok(field !== undefined);
        encodeRecord(writer, { type: "copy", bucketId, revision, ...field });
        const copied = writer.view().subarray(start + COPY_START_BYTES);
        assert.deepEqual(decodeField(copied, bucketId), field);
      },
    ),
  );
});

test("ENTRY_OVERHEAD_BYTES is what a key takes in a PUT of its own besides itself", () => {
  const writer = new ByteWriter();
  const one = mutationNumber(1);
  const fields = [{ key: new Uint8Array(3), value: new Uint8Array(5) }];
  encodeRecord(writer, { type: "put", bucketId: one, revision: one, fields });
  assert.equal(writer.length, ENTRY_OVERHEAD_BYTES + 3 + 5);
});
