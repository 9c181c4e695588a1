import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nodeNamed } from "../testing/node-named.ts";
import {
  decodeHello,
  decodeRefusal,
  encodeHello,
  encodeMessage,
  encodePreamble,
  encodeRefusal,
  type Hello,
  messageType,
  type RefusalCode,
  refusalCode,
} from "./handshake-message.ts";
import { MessageReader, type Said } from "./message-reader.ts";

const name = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}@[A-Za-z0-9_][A-Za-z0-9_.:-]{0,200}$/u)
  .map(nodeNamed);
const hello: fc.Arbitrary<Hello> = fc.record({
  role: fc.constantFrom("dialler", "acceptor"),
  kind: fc.constantFrom("short", "long"),
  instance: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  nonce: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  name,
  meant: name,
});
const codes = Object.keys(refusalCode).filter((key): key is RefusalCode => key in refusalCode);
const refusal = fc.record({
  code: fc.constantFrom(...codes),
  kind: fc.constantFrom("short" as const, "long" as const),
  name,
});

test("decodeHello() and decodeRefusal() read what was written", () => {
  fc.assert(
    fc.property(hello, (each) => assert.deepEqual(decodeHello(encodeHello(each)), { ...each })),
  );
  fc.assert(
    fc.property(refusal, (each) =>
      assert.deepEqual(decodeRefusal(encodeRefusal(each)), { ...each }),
    ),
  );
});

test("decodeHello() and decodeRefusal() take what they would have written, and no more", () => {
  fc.assert(
    fc.property(hello, fc.nat(), fc.integer({ min: 0, max: 255 }), (each, place, byte) => {
      const bytes = encodeHello(each);
      bytes[place % bytes.length] = byte;
      const read = decodeHello(bytes);
      if (read !== undefined) assert.deepEqual(encodeHello(read), bytes);
      assert.equal(decodeHello(bytes.subarray(0, place % bytes.length)), undefined);
      assert.equal(decodeHello(Uint8Array.of(...encodeHello(each), 0)), undefined);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const read = decodeRefusal(bytes);
      if (read !== undefined) assert.deepEqual(encodeRefusal(read), bytes);
      assert.equal(decodeHello(bytes), undefined);
    }),
  );
});

/** What is said in `pieces`, and how many bytes of them it took. */
function hear(pieces: readonly Uint8Array[]): { said: Said[]; taken: number } {
  const reader = new MessageReader();
  const said: Said[] = [];
  let taken = 0;
  for (const piece of pieces) {
    for (let at = 0; ; ) {
      const read = reader.read(piece, at);
      taken += read.at - at;
      ({ at } = read);
      if (read.said === undefined) break;
      said.push(read.said);
      if (read.said.type === "nonsense") return { said, taken };
    }
  }
  return { said, taken };
}

test("MessageReader hears the same however the bytes are cut", () => {
  const body = Uint8Array.of(1, 2, 3);
  const empty = new Uint8Array();
  const bytes = Uint8Array.of(
    ...encodePreamble(),
    ...encodeMessage(messageType.proof, body),
    ...encodeMessage(messageType.hello, empty),
  );
  const whole = hear([bytes]);
  assert.deepEqual(whole.said, [
    { type: "preamble", version: 1 },
    { type: "message", kind: messageType.proof, body },
    { type: "message", kind: messageType.hello, body: empty },
  ]);
  assert.deepEqual(hear(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.deepEqual(hear([bytes.subarray(0, cut), bytes.subarray(cut)]), whole);
  }
});

test("MessageReader knows nonsense by its first wrong byte, and a long message by its length", () => {
  assert.deepEqual(hear([Buffer.from("G")]), { said: [{ type: "nonsense" }], taken: 1 });
  assert.deepEqual(hear([Buffer.from("KVNE")]).said, [{ type: "nonsense" }]);
  const long = Uint8Array.of(...encodePreamble(), 1, 0x59, 2);
  assert.deepEqual(hear([long]).said.at(-1), { type: "nonsense" });
});
