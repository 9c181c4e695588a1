import assert from "node:assert/strict";
import { test } from "node:test";
import { Presence } from "./presence.ts";

test("Presence tells whether more than one connection has said something lately", () => {
  const presence = new Presence();
  assert.ok(presence.isOneAtMost(0));
  presence.heard(1, 1000);
  // It might be the second one: who was there before is not remembered.
  assert.ok(!presence.isOneAtMost(1100));
  assert.ok(presence.isOneAtMost(1101));
  for (let nowMs = 1101; nowMs < 2000; nowMs += 10) presence.heard(1, nowMs);
  assert.ok(presence.isOneAtMost(2000));
  presence.heard(2, 2000);
  assert.ok(!presence.isOneAtMost(2000));
  presence.heard(1, 2050);
  assert.ok(!presence.isOneAtMost(2150));
  presence.heard(1, 2151);
  assert.ok(presence.isOneAtMost(2151));
});
