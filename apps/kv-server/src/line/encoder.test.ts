import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputBuffer } from "../output-buffer.ts";
import { type Reply, refuse } from "../reply.ts";
import { encodeReply } from "./encoder.ts";

const revision = revisionOf(7);

const replies: readonly [reply: Reply, expected: string][] = [
  [{ type: "created", revision }, "OK\r\n"],
  [{ type: "exists", revision }, "OK\r\n"],
  [{ type: "stored", revision, added: 1 }, "OK\r\n"],
  [{ type: "deleted", revision, removed: 1 }, "OK\r\n"],
  [{ type: "nothing-deleted" }, "OK\r\n"],
  [{ type: "authenticated" }, "OK\r\n"],
  [{ type: "missing" }, "\r\nOK\r\n"],
  [{ type: "no-bucket" }, "NOT FOUND\r\n"],
  [{ type: "unknown-command" }, "UNKNOWN COMMAND\r\n"],
  [found("milk"), "milk\r\nOK\r\n"],
  [found(""), "\r\nOK\r\n"],
  [found("a\rb\0\xff"), "a\rb\0\xff\r\nOK\r\n"],
  [found("x".repeat(100)), `${"x".repeat(100)}\r\nOK\r\n`],
  [found("x\r\nOK"), "ERROR the value cannot be shown on a line\r\n"],
  [found("\n"), "ERROR the value cannot be shown on a line\r\n"],
  [refuse("no connection to bar@host"), "ERROR no connection to bar@host\r\n"],
  [refuse("two\r\nlines"), "ERROR two lines\r\n"],
  [
    { type: "conflict", key: Buffer.from("k"), revision },
    "ERROR the condition of the write does not hold\r\n",
  ],
];

for (const [reply, expected] of replies) {
  test(`encodeReply() says ${JSON.stringify(expected.slice(0, 50))} to ${reply.type}`, () => {
    const output = new OutputBuffer();
    encodeReply(reply, output);
    assert.equal(Buffer.from(output.view()).toString("latin1"), expected);
  });
}

function found(value: string): Reply {
  const bytes = Buffer.from(value, "latin1");
  return { type: "found", value: bytes, revision, expiresAtMs: undefined };
}

function revisionOf(number: number): Extract<Reply, { type: "found" }>["revision"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test makes up what only an engine makes
  return number as Extract<Reply, { type: "found" }>["revision"];
}
