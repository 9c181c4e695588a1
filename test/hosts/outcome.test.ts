import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { nodeBlamedBy, type Outcome, outcomeOf } from "./outcome.ts";

const ORNOT = "; the write may have been applied";

const replies: readonly [reply: string, put: Outcome | undefined, get: Outcome | undefined][] = [
  ["OK", "acknowledged", "acknowledged"],
  ["ERROR no connection to bar@there", "refused", "refused"],
  ["ERROR no connection to bar@there: bar@there has another cookie", "refused", "refused"],
  ["ERROR too much waits to be sent to bar@there", "refused", "refused"],
  ["ERROR the request reached bar@there too late", "refused", "refused"],
  ["ERROR bar@there did not answer in 5000 ms", "refused", "refused"],
  [`ERROR bar@there did not answer in 5000 ms${ORNOT}`, "unknown", undefined],
  ["ERROR bar@there did not answer: nothing was heard of it for 3.1 s", "refused", "refused"],
  [`ERROR bar@there did not answer: nothing was heard of it for 3 s${ORNOT}`, "unknown", undefined],
  ["ERROR the connection to bar@there was lost", "refused", "refused"],
  [`ERROR the connection to bar@there was lost${ORNOT}`, "unknown", undefined],
  ["ERROR internal error", undefined, undefined],
  ["NOT FOUND", undefined, undefined],
  ["UNKNOWN COMMAND", undefined, undefined],
];

suite("outcomeOf()", () => {
  for (const [reply, put, get] of replies) {
    test(`takes "${reply}" for ${put} of a write and ${get} of a read`, () => {
      assert.equal(outcomeOf({ kind: "put", reply }), put);
      assert.equal(outcomeOf({ kind: "delete", reply }), put);
      assert.equal(outcomeOf({ kind: "get", reply }), get);
      assert.equal(nodeBlamedBy(reply), reply.includes("bar") ? "bar" : undefined);
    });
  }
});
