import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deadShare, isDue, type LogUse, portionBytes } from "./compaction-policy.ts";

const KIB = 1024;

test("deadShare() is what callers need no more, and never below 0", () => {
  assert.equal(deadShare({ totalBytes: 100, liveBytes: 25, closedSegments: 1 }), 0.75);
  assert.equal(deadShare({ totalBytes: 0, liveBytes: 0, closedSegments: 0 }), 0);
  // An entry is charged what it would take alone, which may be more than it takes in company.
  assert.equal(deadShare({ totalBytes: 100, liveBytes: 120, closedSegments: 1 }), 0);
});

function use(deadBytes: number, closedSegments = 1): LogUse {
  return { totalBytes: 1000, liveBytes: 1000 - deadBytes, closedSegments };
}

test("isDue() begins a little before the limit, never with the segment being written, at 1 not at all", () => {
  assert.equal(isDue(use(450), 0.5), false);
  assert.equal(isDue(use(451), 0.5), true);
  assert.equal(isDue(use(451, 0), 0.5), false);
  assert.equal(isDue(use(1000), 1), false);
});

test("portionBytes() is bounded, half of what callers write below the limit, three times beyond it", () => {
  const below = { totalBytes: 100, liveBytes: 60, closedSegments: 1 };
  const beyond = { totalBytes: 100, liveBytes: 40, closedSegments: 1 };
  assert.equal(portionBytes(below, 0.5, 0), 64 * KIB);
  assert.equal(portionBytes(below, 0.5, 20 * KIB), 74 * KIB);
  assert.equal(portionBytes(beyond, 0.5, 20 * KIB), 124 * KIB);
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(below, beyond), (writtenBytes, log) => {
      const bytes = portionBytes(log, 0.5, writtenBytes);
      assert.ok(bytes >= 64 * KIB && bytes <= 256 * KIB);
    }),
  );
});
