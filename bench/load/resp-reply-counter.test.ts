import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { Operation } from "../data/traffic.ts";
import { RespReplyCounter } from "./resp-reply-counter.ts";

interface Case {
  readonly operation: Operation;
  readonly stream: string;
  readonly replies: number;
  readonly misses?: number;
  readonly failure?: string;
}

/** The shortest and the longest value of the bench, and one that looks like replies. */
const SHORT = "v".repeat(16);
const LONG = "w".repeat(128);
const TRICKY = "$-1\r\n:0\r\n-ERR\r\n$16\r\n";

const bulk = (value: string): string => `$${value.length}\r\n${value}\r\n`;

const cases: readonly Case[] = [
  { operation: "get", stream: "", replies: 0 },
  { operation: "get", stream: bulk(SHORT), replies: 1 },
  { operation: "get", stream: bulk(SHORT) + bulk(LONG) + bulk(TRICKY), replies: 3 },
  { operation: "get", stream: bulk(LONG).slice(0, -1), replies: 0 },
  { operation: "get", stream: `${bulk(SHORT)}$-1\r\n_\r\n${bulk(SHORT)}`, replies: 4, misses: 2 },
  { operation: "put", stream: ":0\r\n:0\r\n:0\r\n", replies: 3 },
  { operation: "mixed", stream: `:0\r\n${bulk(SHORT)}:0\r\n`, replies: 3 },
  { operation: "put", stream: ":0\r\n:1\r\n", replies: 2, failure: ":1" },
  { operation: "put", stream: "$-1\r\n", replies: 1, failure: "$-1" },
  { operation: "get", stream: ":0\r\n", replies: 1, failure: ":0" },
  { operation: "get", stream: "-ERR no\r\n-ERR more\r\n", replies: 2, failure: "-ERR no" },
  { operation: "get", stream: `$15\r\n${"v".repeat(15)}\r\n`, replies: 2, failure: "$15" },
  { operation: "get", stream: "$1x6\r\n", replies: 1, failure: "$1x6" },
  { operation: "get", stream: "$\r\n", replies: 1, failure: "$" },
  { operation: "get", stream: "\n", replies: 1, failure: "" },
  {
    operation: "get",
    stream: `$17\r\n${SHORT}\r\n$16`,
    replies: 1,
    failure: "a value that is not as long as was said",
  },
];

suite("RespReplyCounter", () => {
  for (const { operation, stream, replies, misses = 0, failure } of cases) {
    test(`counts ${replies} and ${misses} misses in ${JSON.stringify(stream)}, wherever it is cut`, () => {
      const bytes = Buffer.from(stream);
      const countIn = (cuts: readonly number[]): void => {
        const counter = new RespReplyCounter(operation);
        let counted = 0;
        let start = 0;
        for (const end of [...cuts, bytes.length]) {
          counted += counter.count(bytes.subarray(start, end));
          start = end;
        }
        assert.deepEqual(
          [counted, counter.misses, counter.failure],
          [replies, misses, failure],
          `cut at ${cuts.join(", ")}`,
        );
      };
      countIn(Array.from({ length: bytes.length }, (_, at) => at));
      fc.assert(
        fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 4 }), (cuts) =>
          countIn(cuts.toSorted((a, b) => a - b)),
        ),
      );
    });
  }

  test("keeps no more of a line than it shows", () => {
    const counter = new RespReplyCounter("get");
    counter.count(Buffer.from(`-ERR ${"x".repeat(100_000)}\r\n`));
    assert.match(counter.failure ?? "", /^-ERR x{100,120}$/u);
  });
});
