import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeScheduler } from "../network/scheduler.ts";
import { defaultTiming } from "../timing.ts";
import { Redial } from "./redial.ts";

test("Redial has a call wait longer after each dial that has found nobody, up to the limit, until there is a link", () => {
  const timing = { ...defaultTiming, absentPauseMs: 5, absentPauseLimitMs: 40 };
  const terms = { scheduler: nodeScheduler, timing, random: () => 0 };
  const redial = new Redial(terms, assert.fail, assert.fail);
  const pauses = [redial.absentPauseMs];
  for (let failures = 1; failures <= 2000; failures++) {
    redial.failed();
    if (failures < 6 || failures === 2000) pauses.push(redial.absentPauseMs);
  }
  assert.deepEqual(pauses, [5, 5, 10, 20, 40, 40, 40]);
  redial.reset();
  assert.equal(redial.absentPauseMs, 5);
});
