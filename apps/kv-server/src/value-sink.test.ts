import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "@kv/kv";
import fc from "fast-check";
import { OutputBuffer } from "./output-buffer.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no reply tells it
const revision = 1 as Revision;

const value = fc.uint8Array({ maxLength: 600, size: "max" });

for (const [name, protocol] of Object.entries({ lineProtocol, respProtocol })) {
  test(`${name}.createValueSink() puts a value there as encode() puts a reply that found it`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.nat(20))), (values) => {
        const [taken, expected] = [new OutputBuffer(), new OutputBuffer()];
        const sink = protocol.createValueSink(taken);
        for (const [bytes, start] of values) {
          const memory = new Uint8Array(start + bytes.length + 3).fill(0x0a);
          memory.set(bytes, start);
          sink(memory, start, start + bytes.length, new DataView(memory.buffer));
          protocol.encode(
            { type: "found", value: bytes, revision, expiresAtMs: undefined },
            expected,
          );
        }
        assert.deepEqual(taken.copy(), expected.copy());
      }),
    );
  });
}
