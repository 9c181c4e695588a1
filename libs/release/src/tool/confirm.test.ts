import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { confirm } from "./confirm.ts";

/** The answer to `typed`, which comes when the question is there. */
async function answerTo(typed: string, interruption = new AbortController()): Promise<boolean> {
  const stdin = new PassThrough();
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  stdout.on("data", (bytes: Buffer) => {
    if (bytes.includes("Really? [y/N] ")) stdin.write(typed);
  });
  return await confirm("Really?", { stdin, stdout }, interruption);
}

test("nothing but yes is yes", async () => {
  for (const typed of ["y\r", "yes\r", " Yes \r"]) assert.equal(await answerTo(typed), true, typed);
  for (const typed of ["\r", "n\r", "yesterday\r"]) {
    assert.equal(await answerTo(typed), false, typed);
  }
});

test("ctrl-D is no: it was a stack on the terminal once", async () => {
  assert.equal(await answerTo("\u0004"), false);
});

test("ctrl-C gives all of it up, as SIGINT does: it was a stack and exit code 1 once", async () => {
  const interruption = new AbortController();
  await assert.rejects(answerTo("\u0003", interruption), (reason) => reason === "SIGINT");
  assert.equal(interruption.signal.reason, "SIGINT");
});

test("what is given up meanwhile is not asked on", async () => {
  const interruption = new AbortController();
  const answer = answerTo("", interruption);
  interruption.abort("SIGTERM");
  await assert.rejects(answer, (reason) => reason === "SIGTERM");
});
