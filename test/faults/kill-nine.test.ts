import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed } from "../harness/random.ts";
import { KillTally } from "./kill-tally.ts";
import { tortureNode } from "./torture-node.ts";

/** Of both nodes. */
const CYCLES = 100;
/** What the kills have to come in the midst of, and at least how often. */
const LANDED: Readonly<Record<string, number>> = {
  writes: 15,
  compact: 4,
  compaction: 3,
  snapshot: 2,
  "snapshot-at-stop": 3,
  backup: 4,
  import: 3,
  upkeep: 3,
};

test(`nodes killed ${CYCLES} times in the midst of all they do keep every acknowledged write`, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}: KV_TEST_SEED=${seed} replays it`);
  const tally = new KillTally();
  // Two at once: each of them waits for half of its time.
  await Promise.all(
    [seed, seed + 1].map((each) =>
      tortureNode({ seed: each, cycles: CYCLES / 2, onCycle: (report) => tally.add(report) }),
    ),
  );
  t.diagnostic(tally.textOf(CYCLES));
  t.diagnostic(tally.kindsText);

  assert.equal(tally.kills, CYCLES);
  for (const [kind, least] of Object.entries(LANDED)) {
    const landed = tally.landed.get(kind) ?? 0;
    assert.ok(landed >= least, `only ${landed} kills came in the midst of: ${kind}`);
  }
  for (const sync of ["always", "everysec", "never"]) {
    assert.ok((tally.acknowledgedBySync.get(sync) ?? 0) > 0, `no writes with sync ${sync}`);
  }
});
