import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { toolOperations } from "./tool-subject.ts";

const many = { connections: 50, pipeline: 16, durationMs: 1_000 } as const;
const alone = { connections: 1, pipeline: 1, durationMs: 1_000 } as const;

suite("toolOperations()", () => {
  test("fill the time at the rate that was reached before", () => {
    assert.equal(toolOperations(many, 400_000), 400_000);
    assert.equal(toolOperations({ ...many, durationMs: 250 }, 400_000), 100_000);
  });

  test("are few when the rate is not known, yet more than what is done in a millisecond", () => {
    assert.equal(toolOperations(many, undefined), 16_000);
    // Twenty came to "inf" requests a second.
    assert.equal(toolOperations(alone, undefined), 1_000);
  });

  test("are at least what is under way together, and never endless", () => {
    assert.equal(toolOperations(many, 1), 800);
    assert.equal(toolOperations(many, 1e12), 5_000_000);
  });
});
