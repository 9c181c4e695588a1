import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { encodeBytes, encodeMessage, type Frame, FrameDecoder, FrameFlaw } from "./frame.ts";

const limitBytes = 1000;

function decodeAll(pieces: readonly Uint8Array[]): readonly Frame[] {
  const decoder = new FrameDecoder(limitBytes);
  const frames: Frame[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
      frames.push(
        frame.type === "bytes" ? { ...frame, bytes: Uint8Array.from(frame.bytes) } : frame,
      );
    }
  }
  assert.equal(decoder.keptBytes, 0);
  return frames;
}

const frames = fc.array(
  fc.oneof(
    fc.jsonValue().map((message) => ({ type: "message" as const, message })),
    fc.uint8Array({ maxLength: 50 }).map((bytes) => ({ type: "bytes" as const, bytes })),
  ),
  { maxLength: 6 },
);

function encode(frame: Frame): Uint8Array {
  if (frame.type === "bytes") return encodeBytes(frame.bytes);
  return encodeMessage(JSON.stringify(frame.message));
}

/** `bytes` cut at each of `places`, in order. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.slice(from, sorted[index] ?? bytes.length));
}

suite("FrameDecoder", () => {
  test("gives the same frames however the bytes are cut", () => {
    const property = fc.property(frames, fc.array(fc.nat()), (sent, places) => {
      const small = sent.filter((frame) => encode(frame).length < limitBytes);
      const pieces = cut(Buffer.concat(small.map(encode)), places);
      const plain = small.map(
        (frame): Frame =>
          frame.type === "bytes"
            ? frame
            : { type: "message", message: JSON.parse(JSON.stringify(frame.message)) },
      );
      assert.deepEqual(decodeAll(pieces), plain);
    });
    fc.assert(property);
  });

  test("gives the same frames byte by byte", () => {
    const bytes = Buffer.concat([encodeMessage('{"a":"ä"}'), encodeBytes(Buffer.from([0, 255]))]);
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assert.deepEqual(decodeAll(pieces), [
      { type: "message", message: { a: "ä" } },
      { type: "bytes", bytes: Uint8Array.of(0, 255) },
    ]);
  });

  const malformed: readonly (readonly [what: string, bytes: Uint8Array, flaw: RegExp])[] = [
    ["an empty frame", Uint8Array.of(0, 0, 0, 0, 0), /empty/u],
    ["a frame over the limit, before it is there", Uint8Array.of(0, 0, 4, 0, 1), /1024 bytes/u],
    ["a kind that there is not", Uint8Array.of(0, 0, 0, 1, 7), /kind 7/u],
    ["a message that is no JSON", encodeMessage("{"), /no JSON/u],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n"), /the limit is/u],
  ];
  for (const [what, bytes, flaw] of malformed) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => decodeAll([bytes]),
        (error: unknown) => error instanceof FrameFlaw && flaw.test(error.message),
      );
    });
  }
});
