import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults } from "../test/start-test-listener.ts";
import { Hall } from "./hall.ts";

test("Hall counts those who may be waiting: all, or one when the others are quiet", () => {
  const hall = new Hall(defaults());
  assert.equal(hall.waiting(0), 0);
  for (let connection = 1; connection <= 3; connection++) {
    hall.enter();
    hall.presence.heard(connection, 1000);
  }
  assert.equal(hall.waiting(1000), 3);
  hall.presence.heard(3, 1200);
  assert.equal(hall.waiting(1200), 1);
  hall.presence.heard(1, 1201);
  assert.equal(hall.waiting(1201), 3);
});
