import assert from "node:assert/strict";
import type { KeyAbout, KeyPlace, ValueSink } from "../src/plain-operations.ts";
import type { Pair } from "./pair.ts";

/** What the store reads at once, if it does, is what the model says; the sink is called for what is found, once. */
export function expectRead({ store, model }: Pair, bucket: Uint8Array, key: Uint8Array): void {
  // A hint about what is there and what is not changes nothing.
  const place = { bucket, bytes: Buffer.concat([bucket, key]), start: bucket.length };
  const wanted: KeyPlace = { ...place, end: place.bytes.length };
  store.foresee([wanted, { ...wanted, start: 0, end: bucket.length }], 2);
  const shown: Uint8Array[] = [];
  const expected = model.get(bucket, key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is filled in before anybody looks
  const about = {} as KeyAbout;
  const sink: ValueSink = (...[bytes, start, end, words]) => {
    shown.push(bytes.slice(start, end));
    const { buffer, byteOffset } = words;
    assert.deepEqual(new Uint8Array(buffer, byteOffset + start, end - start), shown.at(-1));
    assert.ok(expected.type === "found");
    const { revision, expiresAtMs } = expected;
    assert.deepEqual(about, { revision, expiresAtMs });
  };
  if (store.lacks(bucket)) assert.equal(expected.type, "no-bucket");
  const type = store.read(wanted, sink, about);
  if (type !== undefined) assert.equal(type, expected.type);
  const values = type === "found" && expected.type === "found" ? [expected.value] : [];
  assert.deepEqual(
    shown.map((value) => Uint8Array.from(value)),
    values.map((value) => Uint8Array.from(value)),
  );
}
