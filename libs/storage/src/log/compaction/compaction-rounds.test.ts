import assert from "node:assert/strict";
import { test } from "node:test";
import { CompactionRounds } from "./compaction-rounds.ts";

/** Looks at segments 1 and 2 of a log of 3, of 100 bytes each, and writes `ownBytes` for each of them. */
function goRound(rounds: CompactionRounds, ownBytes: number): void {
  const sums = { segment: 3, writtenBytes: 1000, totalBytes: 300 };
  for (const segment of [1, 2]) {
    rounds.begin({ ...sums, ownBytes: (segment - 1) * ownBytes });
    rounds.note(segment, 100, { ...sums, ownBytes: segment * ownBytes });
  }
}

test("isResting() after a round that gave back little, until a good part of the log is written anew", () => {
  const rounds = new CompactionRounds(0.5);
  goRound(rounds, 88);
  assert.equal(rounds.isResting({ writtenBytes: 1000 }), true);
  assert.equal(rounds.isResting({ writtenBytes: 1074 }), true);
  assert.equal(rounds.isResting({ writtenBytes: 1075 }), false);
});

test("isResting() is not after a round that was worth it, nor within one", () => {
  const rounds = new CompactionRounds(0.5);
  goRound(rounds, 87);
  assert.equal(rounds.isResting({ writtenBytes: 0 }), false);
  const sums = { segment: 9, ownBytes: 174, writtenBytes: 1000, totalBytes: 300 };
  rounds.begin(sums);
  // Everything in the oldest segment lives: that says nothing of those behind it.
  rounds.note(3, 100, { ...sums, ownBytes: 274 });
  assert.equal(rounds.isResting({ writtenBytes: 0 }), false);
});
