import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { LineReplyCounter } from "./line-reply-counter.ts";

interface Count {
  readonly replies: number;
  readonly misses: number;
}

const cases: readonly [stream: string, count: Count][] = [
  ["", { replies: 0, misses: 0 }],
  ["OK\r\n", { replies: 1, misses: 0 }],
  ["OK\r\nOK\r\nOK\r\n", { replies: 3, misses: 0 }],
  ["0123456789abcdef\r\nOK\r\n", { replies: 1, misses: 0 }],
  ["OKOKOKOKOKOKOKOK\r\nOK\r\nxxxxxxxxxxxxxxOK\r\nOK\r\n", { replies: 2, misses: 0 }],
  ["\r\nOK\r\nv\r\nOK\r\n\r\nOK\r\n", { replies: 3, misses: 2 }],
  ["OK\r\nvalue", { replies: 1, misses: 0 }],
];

suite("LineReplyCounter", () => {
  for (const [stream, { replies, misses }] of cases) {
    test(`counts ${replies} and ${misses} misses in ${JSON.stringify(stream)}, wherever it is cut`, () => {
      const bytes = Buffer.from(stream);
      fc.assert(
        fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 4 }), (cuts) => {
          const counter = new LineReplyCounter();
          const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
          let counted = 0;
          let start = 0;
          for (const end of ends) {
            counted += counter.count(bytes.subarray(start, end));
            start = end;
          }
          assert.deepEqual(
            [counted, counter.misses, counter.failure],
            [replies, misses, undefined],
          );
        }),
      );
    });
  }

  test("shows the first line that is no reply of the bench's", () => {
    const counter = new LineReplyCounter();
    assert.equal(counter.count(Buffer.from("OK\r\nNOT FOUND\r\nERROR some reason\r\nOK\r\n")), 2);
    assert.equal(counter.failure, "NOT FOUND");
  });

  test("knows a failure that is cut in two", () => {
    const counter = new LineReplyCounter();
    counter.count(Buffer.from("UNKNOWN COM"));
    counter.count(Buffer.from("MAND\r\n"));
    assert.equal(counter.failure, "MAND");
  });
});
