import assert from "node:assert/strict";
import { test } from "node:test";
import { AuditedScene } from "../testing/audited-scene.ts";

test("a call made after the process has stood still in the midst of a turn fails at its deadline, not later", async () => {
  const scene = new AuditedScene();
  const [one] = await scene.startLinked(["ann@lab", "bob@lab"], { answerAfterMs: () => undefined });
  await scene.world.run(10);
  const late: ReturnType<AuditedScene["begin"]>[] = [];
  // Behind this the turn ends of which the first call is the beginning.
  one.process.scheduler.endOfTurn(() => late.push(scene.begin(one, "bob@lab", { timeoutMs: 500 })));
  scene.begin(one, "bob@lab", { timeoutMs: 2000 });
  one.process.freeze();
  await scene.world.run(1000);
  one.process.thaw();
  const startedMs = scene.world.nowMs;
  await scene.world.runUntil(() => late[0]?.settled.length === 1);
  assert.ok(scene.world.nowMs - startedMs < 520, `after ${scene.world.nowMs - startedMs} ms`);
});
