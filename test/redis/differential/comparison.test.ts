import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RespReader } from "../wire/resp-reader.ts";
import { differenceOf } from "./comparison.ts";
import { parseLine } from "./script.ts";

/** Requests, two replies, and whether they pass for the same. */
const table: readonly (readonly [string, string, string, boolean])[] = [
  ["PING", "+PONG\r\n", "+PONG\r\n", true],
  ["PING", "+PONG\r\n", "$4\r\nPONG\r\n", false],
  ["HGET b f", "$-1\r\n", "_\r\n", false],
  ["HGET b f", "$-1\r\n", "*-1\r\n", false],
  ["HMGET b f g", "*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+a\r\n", false],
  ["hkeys b", "*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+a\r\n", true],
  ["HKEYS b", "*2\r\n+a\r\n+b\r\n", "~2\r\n+b\r\n+a\r\n", false],
  ["HKEYS b", "*2\r\n+a\r\n+a\r\n", "*1\r\n+a\r\n", false],
  ["HGETALL b", "*4\r\n+a\r\n+1\r\n+b\r\n+2\r\n", "*4\r\n+b\r\n+2\r\n+a\r\n+1\r\n", true],
  ["HGETALL b", "*4\r\n+a\r\n+1\r\n+b\r\n+2\r\n", "*4\r\n+b\r\n+1\r\n+a\r\n+2\r\n", false],
  ["HGETALL b", "%1\r\n+a\r\n+1\r\n", "*2\r\n+a\r\n+1\r\n", false],
  ["HGETALL b", "-ERR x\r\n", "-ERR y\r\n", false],
  ["TTL b", ":100\r\n", ":99\r\n", true],
  ["TTL b", ":100\r\n", ":90\r\n", false],
  ["TTL b", ":0\r\n", ":-1\r\n", false],
  ["TTL b", ":-1\r\n", ":-2\r\n", false],
  ["PTTL b", ":100000\r\n", ":99000\r\n", true],
  ["PTTL b", ":100000\r\n", ":100\r\n", false],
  ["TIME", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n", "*2\r\n$1\r\n3\r\n$1\r\n4\r\n", true],
  ["TIME", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n", "*2\r\n$1\r\n3\r\n:4\r\n", false],
  ["INFO", "$11\r\nrole:master\r\n", "$12\r\nrole:replica\r\n", false],
  ["INFO", "$13\r\nrole:master\r\n\r\n", "$17\r\nrole:master\r\nab:1\r\n", true],
  ["CLIENT ID", ":1\r\n", ":2\r\n", true],
  ["CLIENT ID", ":1\r\n", "$1\r\n1\r\n", false],
  ["CLIENT ID x", "-ERR a\r\n", "-ERR b\r\n", false],
];

suite("differenceOf()", () => {
  for (const [line, one, other, isSame] of table) {
    test(`${line}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      const replies = [one, other].map((bytes) => {
        const reader = new RespReader();
        reader.push(Buffer.from(bytes));
        return reader.next();
      });
      const difference = differenceOf(parseLine(line), [replies[0], replies[1]]);
      assert.equal(difference === undefined, isSame);
    });
  }

  test("an end of the connection is the same as an end only", () => {
    assert.equal(differenceOf(parseLine("QUIT"), [undefined, undefined]), undefined);
    const reply = { type: "simple", text: "OK" } as const;
    assert.deepEqual(differenceOf(parseLine("QUIT"), [reply, undefined]), {
      reference: "+OK",
      ours: "(closed)",
    });
  });
});
