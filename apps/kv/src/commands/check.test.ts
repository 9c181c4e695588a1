import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckReport } from "@kv/storage";
import { checkCommand } from "./check.ts";

const sound: CheckReport = {
  directory: "data/kv",
  storeId: undefined,
  formatVersion: 1,
  sealed: false,
  segments: [],
  buckets: 0,
  keys: 0,
  liveBytes: 0,
  deadBytes: 0,
  lastRevision: 0,
  snapshot: { state: "none" },
  findings: [],
  isSound: true,
};

function shown(report: CheckReport): readonly string[] {
  const words = { text: () => "", optional: () => undefined, list: () => [] };
  const options = { flag: () => false, text: () => undefined, integer: () => undefined };
  return checkCommand.format?.(report, { words, options }).split("\n") ?? [];
}

test("check says once what becomes of a torn tail", () => {
  const reason = "a group is cut short; the next start cuts off 4 bytes";
  const tail = { severity: "torn-tail", path: "a.log", offsetBytes: 9, reason } as const;
  assert.equal(shown({ ...sound, findings: [tail] })[0], `a.log, byte 9: torn tail: ${reason}`);
});

test("check says of a damaged store what to type", () => {
  assert.equal(
    shown({ ...sound, isSound: false })[0],
    'The store at "data/kv" is damaged: restore it from a backup, or save what can be read by npm run kv -- salvage data/kv NEWDIR',
  );
});
