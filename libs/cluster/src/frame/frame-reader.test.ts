import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  frameKind,
  headerBytes,
  lengthBytes,
  writeHeader,
  writeRemaining,
} from "./frame-format.ts";
import { FrameReader } from "./frame-reader.ts";

const limitBytes = 20_000;

function frameOf(payload: Uint8Array, id: number): Uint8Array {
  const frame = new Uint8Array(headerBytes + payload.length);
  frame.set(payload, headerBytes);
  writeHeader(frame, 0, frame.length, frameKind.answer, id);
  return frame;
}

/** Reads `pieces`, each of which is overwritten once it was read, as a shared buffer is. */
function readAll(pieces: readonly Uint8Array[]): { frames: Uint8Array[]; isSound: boolean } {
  const frames: Uint8Array[] = [];
  const reader = new FrameReader(limitBytes, (bytes, start, end) => {
    frames.push(bytes.slice(start, end));
  });
  for (const piece of pieces) {
    const isSound = reader.push(piece);
    piece.fill(0xdb);
    if (!isSound) return { frames, isSound };
  }
  return { frames, isSound: true };
}

/** Payloads of all sizes that go different ways: within a piece, within the kept memory, beyond it. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 4070, max: 4110 }).map((length) => new Uint8Array(length).fill(7)),
  fc.integer({ min: 0, max: limitBytes - 5 }).map((length) => new Uint8Array(length).fill(9)),
);

test("FrameReader finds the same frames however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 12 }), fc.array(fc.nat()), (payloads, cuts) => {
      const frames = payloads.map((bytes, id) => frameOf(bytes, id));
      const whole = Buffer.concat(frames);
      const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted(
        (a, b) => a - b,
      );
      const pieces = [0, ...places].map((start, index) =>
        Uint8Array.from(whole.subarray(start, places[index] ?? whole.length)),
      );
      const expected = frames.map((frame) => frame.slice(lengthBytes));
      assert.deepEqual(readAll(pieces), { frames: expected, isSound: true });
    }),
  );
});

test("FrameReader finds the same frames byte by byte", () => {
  const frames = [3, 0, 5000].map((length) => frameOf(new Uint8Array(length).fill(length), 1));
  const bytes = Array.from(Buffer.concat(frames), (byte) => Uint8Array.of(byte));
  const expected = frames.map((frame) => frame.slice(lengthBytes));
  assert.deepEqual(readAll(bytes), { frames: expected, isSound: true });
});

test("FrameReader refuses a length that no frame has, before it takes memory, however it is cut", () => {
  for (const length of [0, 4, limitBytes + 1, 0xffff_ffff]) {
    const bytes = new Uint8Array(lengthBytes);
    writeHeader(bytes, 0, length + lengthBytes, 0, 0);
    assert.deepEqual(readAll([bytes.slice()]), { frames: [], isSound: false });
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assert.deepEqual(readAll(single), { frames: [], isSound: false });
  }
});

test("FrameReader hands out nothing more once it is stopped, not even what lies behind", () => {
  const bytes = Buffer.concat([1, 2, 3].map((id) => frameOf(new Uint8Array(), id)));
  let seen = 0;
  const reader = new FrameReader(limitBytes, () => {
    seen++;
    reader.stop();
  });
  assert.ok(reader.push(bytes));
  assert.ok(reader.push(bytes));
  assert.equal(seen, 1);
});

test("writeHeader() and writeRemaining() lay a call out as the grammar draws it", () => {
  const frame = new Uint8Array(15).fill(0xee);
  writeHeader(frame, 0, 15, frameKind.call, 0x0403_0201);
  writeRemaining(frame, 0, 5000.9);
  assert.deepEqual([...frame], [11, 0, 0, 0, 1, 1, 2, 3, 4, 0x88, 0x13, 0, 0, 0xee, 0xee]);
  writeRemaining(frame, 0, -1);
  assert.deepEqual([...frame.subarray(9, 13)], [0, 0, 0, 0]);
  writeRemaining(frame, 0, Infinity);
  assert.deepEqual([...frame.subarray(9, 13)], [255, 255, 255, 255]);
});
