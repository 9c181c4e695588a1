import assert from "node:assert/strict";
import { test } from "node:test";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

test("WireReader reads what WireWriter wrote, and knows its end", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const lay = (writer: WireWriter) => {
    writer.u8(255);
    writer.u16(0xfedc);
    writer.u32(0xfedcba98);
    writer.i64(-(2 ** 53 - 1));
    writer.i64(2 ** 53 - 1);
    writer.flag(true);
    writer.shortBlock(bytes);
    writer.block(bytes);
    writer.block(bytes);
    writer.text("\ufeffaé");
  };
  const counter = new WireWriter();
  lay(counter);
  const target = new Uint8Array(counter.at);
  lay(new WireWriter(target));
  const reader = new WireReader(target);
  assert.deepEqual([reader.u8(), reader.u16(), reader.u32()], [255, 0xfedc, 0xfedcba98]);
  assert.deepEqual([reader.i64(), reader.count()], [-(2 ** 53 - 1), 2 ** 53 - 1]);
  assert.equal(reader.flag(), true);
  assert.deepEqual([reader.shortBlock(), reader.block()], [bytes, bytes]);
  assert.deepEqual(Uint8Array.from(reader.copiedBlock()), bytes);
  assert.equal(reader.isWhole, false);
  assert.equal(reader.text(), "\ufeffaé");
  assert.deepEqual([reader.isWhole, reader.isBad], [true, false]);
});

test("WireReader gives nothing any more once it is bad, though there are bytes", () => {
  const reader = new WireReader(Uint8Array.of(4, 0, 0, 0, 1, 2, 3));
  assert.equal(reader.block().length, 0);
  assert.equal(reader.isBad, true);
  assert.deepEqual([reader.u8(), reader.u16(), reader.u32(), reader.i64()], [0, 0, 0, 0]);
  assert.deepEqual([reader.flag(), reader.text(), reader.bytes(1).length], [false, "", 0]);
  assert.deepEqual([reader.isBad, reader.isWhole], [true, false]);
});

test("WireReader passes over bytes that are as expected, and over no others", () => {
  const reader = new WireReader(Uint8Array.of(1, 2, 3));
  assert.equal(reader.skip(Uint8Array.of(1, 3)), false);
  assert.equal(reader.skip(Uint8Array.of(1, 2, 3, 4)), false);
  assert.equal(reader.skip(Uint8Array.of(1, 2)), true);
  assert.equal(reader.u8(), 3);
  assert.equal(reader.isWhole, true);
});
