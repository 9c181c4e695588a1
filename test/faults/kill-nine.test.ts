import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { chooseSeed } from "../harness/random.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { type CycleReport, runKillNine } from "./kill-nine.ts";
import { disturb, startVictim, warmUp } from "./node-victim.ts";

const CYCLES = 100;

test(`a node killed ${CYCLES} times in the middle of writes keeps every acknowledged one`, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}: KV_TEST_SEED=${seed} replays it`);
  await using directory = await makeTemporaryDirectory();
  const node = { dataDirectory: join(directory.path, "data") };
  await warmUp({ dataDirectory: join(directory.path, "warm-up") });
  const reports: CycleReport[] = [];

  await runKillNine({
    seed,
    cycles: CYCLES,
    start: () => startVictim(node),
    afterKill: (random) => disturb(node, random),
    onCycle: (report) => reports.push(report),
  });

  const midway = reports.filter(({ inFlight }) => inFlight > 0).length;
  assert.equal(reports.length, CYCLES);
  assert.ok(midway > CYCLES / 2, `only ${midway} kills hit requests in flight`);
});
