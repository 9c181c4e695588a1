import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { mutationNumber } from "../../state/mutation-number.ts";
import { ByteWriter } from "../format/byte-writer.ts";
import { encodeRecord } from "../format/encode-record.ts";
import { RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import { FieldBatch } from "./field-batch.ts";

const SEGMENT = 3;
const PAYLOAD_AT = 100;

/** Lays a put of each key out, and has the index know all of them but those that are dead and elsewhere by now. */
function laidOut(hash?: () => number) {
  const index = new KeyIndex({
    seed: new Uint8Array(16),
    entryOverheadBytes: 0,
    ...(hash && { hash }),
  });
  const bucket = index.createBucket(1, Buffer.from("bucket"));
  const writer = new ByteWriter();
  for (let number = 0; number < 30; number++) {
    const field = { key: Buffer.from(`key ${number}`), value: Buffer.from(`value ${number}`) };
    const bucketId = mutationNumber(number % 7 === 6 ? 9 : 1);
    const revision = mutationNumber(number + 1);
    encodeRecord(writer, { type: "put", bucketId, revision, fields: [field] });
  }
  const payload = writer.view();
  const batch = new FieldBatch(index);
  const cursor = new RecordCursor();
  cursor.open(payload, 0, payload.length);
  for (let number = 0; cursor.nextRecord(); number++) {
    assert.ok(cursor.type === RECORD_TYPE.put && cursor.nextItem());
    batch.add(cursor);
    if (cursor.bucketId !== 1 || number % 5 === 4) continue;
    const offset = PAYLOAD_AT + cursor.fieldStart + (isDead(number) ? 1 : 0);
    const fields = { revision: 1, expiresAtMs: NEVER, segment: SEGMENT, offset, valueBytes: 0 };
    index.put(bucket, payload, cursor.keyStart, cursor.keyEnd, fields);
  }
  return { batch, index, bucket, group: { payload, payloadAt: PAYLOAD_AT } };
}

function isDead(number: number): boolean {
  return number % 3 === 0;
}

const hashes = { "its own hash": undefined, "one hash for all keys": () => 7 };

for (const [name, hash] of Object.entries(hashes)) {
  test(`a batch shows what lives, of a bucket that is there, and nothing else: ${name}`, () => {
    const { batch, index, bucket, group } = laidOut(hash);
    const shown: string[] = [];
    batch.take(SEGMENT, group, (field) => {
      const value = Buffer.from(group.payload.slice(field.valueStart, field.end)).toString();
      shown.push(`${Buffer.from(index.key(field.entry)).toString()}: ${value}`);
      assert.deepEqual([field.bucket, field.expiresAtMs], [bucket, NEVER]);
      assert.equal(index.offset(field.entry), PAYLOAD_AT + field.start);
    });
    const living = Array.from({ length: 30 }, (_, number) => number).filter(
      (number) => number % 7 !== 6 && number % 5 !== 4 && !isDead(number),
    );
    assert.deepEqual(
      shown,
      living.map((number) => `key ${number}: value ${number}`),
    );
    batch.take(SEGMENT, group, () => assert.fail("it forgets what it has shown"));
  });
}

test("a batch shows nothing of another segment", () => {
  const { batch, group } = laidOut();
  batch.take(SEGMENT + 1, group, () => assert.fail());
});
