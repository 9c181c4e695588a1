import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type DeadLimits,
  deadShare,
  idlePortionBytes,
  isDue,
  type LogUse,
  pace,
  shareLimit,
} from "./compaction-policy.ts";

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

function share(deadShareLimit: number, deadFloorBytes = 0): DeadLimits {
  return { deadShareLimit, deadFloorBytes };
}

test("isDue() begins a little before the limit, never with the segment being written, at 1 not at all", () => {
  assert.equal(isDue(use(450), share(0.5)), false);
  assert.equal(isDue(use(451), share(0.5)), true);
  assert.equal(isDue(use(451, 0), share(0.5)), false);
  assert.equal(isDue(use(1000), share(1)), false);
});

test("pace() rises from leisurely, where compaction begins, to three times what any load needs", () => {
  assert.equal(pace(use(450), share(0.5)), 0);
  assert.ok(Math.abs(pace(use(451), share(0.5)) - 0.5) < 0.2);
  // Of what is looked at as much is dead as the share says, over a round.
  assert.equal(pace(use(500), share(0.5)), 6);
  assert.equal(pace(use(990), share(0.5)), 6);
  assert.equal(pace(use(300), share(0.25)), 12);
  assert.equal(pace(use(900, 0), share(0.5)), 0);
  assert.equal(pace(use(900), share(1)), 0);
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.nat(1000),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      (...at) => {
        const [one, other, limit] = at;
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(pace(use(less), share(limit)) <= pace(use(more), share(limit)));
      },
    ),
  );
});

test("idlePortionBytes() is a quarter of a MiB beyond the limit, and less below it", () => {
  assert.equal(idlePortionBytes(use(400), share(0.5)), 64 * KIB);
  assert.equal(idlePortionBytes(use(501), share(0.5)), 256 * KIB);
});

test("shareLimit() is the share, or more where so few bytes would be dead", () => {
  assert.equal(shareLimit(use(500), share(0.5)), 0.5);
  assert.equal(shareLimit(use(500), share(0.5, 500)), 0.5);
  assert.equal(shareLimit(use(500), share(0.5, 499)), 0.5);
  assert.equal(shareLimit(use(750), share(0.5, 1000)), 0.8);
  assert.equal(shareLimit(use(1000), share(0.5, 1000)), 1);
  assert.equal(shareLimit(use(1000), share(0.5)), 0.5);
});

test("isDue() waits for as many dead bytes as may be there whatever the share", () => {
  assert.equal(
    isDue({ totalBytes: 800, liveBytes: 250, closedSegments: 9 }, share(0.5, 1000)),
    false,
  );
  assert.equal(
    isDue({ totalBytes: 1250, liveBytes: 250, closedSegments: 9 }, share(0.5, 1000)),
    true,
  );
  assert.equal(
    isDue({ totalBytes: 9000, liveBytes: 250, closedSegments: 9 }, share(1, 1000)),
    false,
  );
});
