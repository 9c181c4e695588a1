import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedMachine } from "../simulation/simulated-machine.ts";
import { seededDraw } from "../testing/seeded-draw.ts";
import type { Draw } from "../testing/simulated-file.ts";
import { checkStore } from "./check-store.ts";
import { salvageStore } from "./salvage-store.ts";
import { liveAWhile } from "./testing/live-a-while.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY } from "./testing/write-store.ts";

const TARGET = "/data/salvaged";

/** As the seed says, but never below 0. */
function drawBy(seed: number): Draw {
  const draw = seededDraw(seed);
  return (count) => Math.abs(draw(count));
}

test("whatever a store lived through is sound, and is whole when it is salvaged", async () => {
  const seen = new Set<string>();
  const property = fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
    const draw = drawBy(seed);
    let machine = new SimulatedMachine();
    for (let lives = 1 + draw(3); lives > 0; lives--) machine = await liveAWhile(machine, draw);
    const content = machine.content(DIRECTORY);
    const isStore = [...content.keys()].some((name) => /\.log$|^SEAL$/u.test(name));
    if (!isStore) return;
    const { findings, isSound, snapshot } = await checkStore({
      directory: DIRECTORY,
      files: machine,
    });
    assert.ok(isSound, JSON.stringify(findings));
    const isTorn = findings.some(({ severity }) => severity === "torn-tail");
    const report = await salvageStore({ directory: DIRECTORY, target: TARGET, files: machine });
    seen.add(`${isTorn ? "torn" : "whole"}, snapshot ${snapshot.state}, from ${report.read.from}`);
    if (isTorn) return;
    // Of a store that was not closed nobody can tell whether its end is all there; that is all there is to say.
    const isSealed = content.has("SEAL");
    assert.deepEqual(
      [report.isWhole, report.read.seal, report.remarks.length],
      isSealed ? [true, "good", 0] : [false, "missing", 1],
    );
    assert.deepEqual(await stateOf(machine.content(TARGET)), await stateOf(content));
  });
  await fc.assert(property, { numRuns: 80 });
  assert.ok(seen.has("whole, snapshot good, from snapshot"), [...seen].join("; "));
  assert.ok(seen.has("whole, snapshot none, from log"), [...seen].join("; "));
});
