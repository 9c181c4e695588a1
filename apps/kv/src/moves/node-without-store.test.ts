import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { parseCompleteName } from "@kv/cluster";
import { Mover } from "./mover.ts";
import { FakeHome } from "./testing/fake-home.ts";

test("a node that stores nothing has nothing to move: nobody who applies a table waits for it", async () => {
  const self = parseCompleteName("front@lab");
  assert.ok(self !== undefined);
  const mover = new Mover({
    self,
    home: new FakeHome(self, []),
    store: () => "none",
    targetOf: () => assert.fail("nothing is sent"),
    pauseLimitMs: () => 1000,
    nowMs: () => 0,
  });
  await using _ = mover.start();
  for (let turn = 0; turn < 10 && !mover.report.isIdle; turn++) await setImmediate();
  assert.ok(mover.report.isIdle);
  assert.equal(mover.report.problem, undefined);
});
