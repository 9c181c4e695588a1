import assert from "node:assert/strict";
import { test } from "node:test";
import { OpeningProgress } from "./opening-progress.ts";
import { recordEvents } from "./testing/record-events.ts";

test("OpeningProgress says nothing for two seconds, then how far it is, once every two seconds", () => {
  let nowMs = 0;
  using recorded = recordEvents();
  const progress = new OpeningProgress({ path: "/kv", clock: () => nowMs });
  nowMs = 1999;
  progress.loadKeys(1, 4);
  nowMs = 2000;
  progress.loadKeys(2, 4);
  nowMs = 3999;
  progress.readBytes(1, 3);
  nowMs = 4000;
  progress.readBytes(2, 3);
  assert.deepEqual(
    recorded.events.map(({ message }) => message),
    [
      'Opening the store at "/kv": 50 % of its index snapshot is loaded',
      'Opening the store at "/kv": 66 % of its log is read',
    ],
  );
});
