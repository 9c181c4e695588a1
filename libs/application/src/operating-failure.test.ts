import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationError } from "./errors.ts";
import { failureReason, failureText } from "./operating-failure.ts";

function operating(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { kind: "operating-failure" });
}

function gaveUp(cause: unknown): Error {
  const details = { supervisor: "a", child: "b", maxRestarts: 3, periodMs: 5_000 };
  return new ApplicationError("SUPERVISOR_GAVE_UP", details, { cause });
}

function notStarted(cause: unknown): Error {
  return new ApplicationError("APPLICATION_FAILED", { application: "a" }, { cause });
}

const bug = new TypeError("x is not a function");

const rows: readonly (readonly [title: string, failure: unknown, text: string | RegExp])[] = [
  ["an operating failure is its message", operating("port in use"), "port in use"],
  ["what wraps it is passed over", notStarted(gaveUp(operating("port in use"))), "port in use"],
  ["the deepest one counts", operating("cannot open", operating("disk full")), "disk full"],
  [
    "what the system said beneath does not",
    operating("disk full", new Error("ENOSPC")),
    "disk full",
  ],
  [
    "a bug is told with its stack",
    notStarted(gaveUp(bug)),
    /^TypeError: x is not a function\n {4}at /u,
  ],
  [
    "so is one that an operating failure caused",
    new Error("odd", { cause: operating("a") }),
    /^Error: odd/u,
  ],
  ["anything may be thrown", "nonsense", /nonsense/u],
];

for (const [title, failure, text] of rows) {
  test(`failureText(): ${title}`, () => {
    if (typeof text === "string") assert.equal(failureText(failure), text);
    else assert.match(failureText(failure), text);
  });
}

test("failureReason() is one line, of a bug too", () => {
  assert.equal(failureReason(gaveUp(new Error("one\ntwo"))), "one");
  assert.equal(failureReason(7), "7");
});
