import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { lineStream, respStream } from "../../../test/harness/hostile-streams.ts";
import { chooseSeed } from "../../../test/harness/random.ts";
import { RespReader } from "../../../test/redis/wire/resp-reader.ts";
import { talkInPieces } from "../test/talk-in-pieces.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });

/** From a pause behind every reply up to none. */
const rooms = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(Number.POSITIVE_INFINITY));

/** From the first byte to the last command: whatever comes, there are whole replies, the same however it was cut. */
const doors = [
  { name: "line", protocol: lineProtocol, stream: lineStream, expectWhole: expectLines },
  { name: "RESP", protocol: respProtocol, stream: respStream, expectWhole: expectReplies },
] as const;

suite("a session", () => {
  for (const { name, protocol, stream, expectWhole } of doors) {
    test(`answers damaged ${name} in whole replies, and the same however it is cut`, (t) => {
      const seed = chooseSeed();
      t.diagnostic(`seed ${seed}`);
      const property = fc.property(stream, cuts, rooms, (bytes, pieces, roomBytes) => {
        const whole = talkInPieces(protocol, bytes);
        const cut = talkInPieces(protocol, bytes, { pieces, roomBytes });
        assert.equal(cut.output, whole.output);
        assert.equal(cut.pause, whole.pause);
        assert.ok(cut.keptBytes <= bytes.length);
        expectWhole(whole.output);
      });
      fc.assert(property, { seed, numRuns: 1500 });
    });

    test(`answers damaged ${name} the same at every cut in two`, (t) => {
      const seed = chooseSeed();
      t.diagnostic(`seed ${seed}`);
      const short = stream.filter(({ length }) => length < 250);
      const property = fc.property(short, (bytes) => {
        const whole = talkInPieces(protocol, bytes);
        for (let cut = 1; cut < bytes.length; cut++) {
          assert.equal(talkInPieces(protocol, bytes, { pieces: [cut] }).output, whole.output);
        }
      });
      fc.assert(property, { seed, numRuns: 100 });
    });
  }
});

function expectLines(output: string): void {
  assert.ok(output === "" || output.endsWith("\r\n"));
}

/** RESP's grammar, read by somebody else: nothing is left over, and nothing is no reply. */
function expectReplies(output: string): void {
  const reader = new RespReader();
  reader.push(Buffer.from(output, "latin1"));
  while (reader.next() !== undefined);
  assert.equal(reader.rest.length, 0);
}
