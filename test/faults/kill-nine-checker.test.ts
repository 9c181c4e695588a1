import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeNode, type FakeOptions } from "../harness/fake-node.ts";
import { type CycleReport, KillNineFailure, runKillNine } from "./kill-nine.ts";

// The kill test is only worth something if a node that breaks its promise does not pass it.

async function runAgainst(options: FakeOptions): Promise<readonly CycleReport[]> {
  await using fake = new FakeNode(options);
  const reports: CycleReport[] = [];
  await runKillNine({
    seed: 1,
    cycles: 10,
    start: () => fake.start(),
    onCycle: (report) => reports.push(report),
  });
  return reports;
}

function brokenPromise(...types: readonly string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof KillNineFailure && error.violations.some(({ type }) => types.includes(type));
}

suite("the kill -9 test", () => {
  test("passes a node that keeps its promise", async () => {
    const reports = await runAgainst({});
    assert.equal(reports.length, 10);
    assert.ok(reports.every(({ acknowledged }) => acknowledged > 0));
  });

  test("finds the last acknowledged writes gone", async () => {
    const run = runAgainst({ crash: (journal) => journal.slice(0, -60) });
    await assert.rejects(run, brokenPromise("lost", "reverted"));
  });

  test("finds one acknowledged write in the middle gone", async () => {
    const run = runAgainst({
      crash: (journal) => {
        const latest = journal.findLastIndex(
          ({ verb, key }, at) =>
            verb === "PUT" && !journal.some((later, place) => place > at && later.key === key),
        );
        return journal.toSpliced(latest, 1);
      },
    });
    await assert.rejects(run, brokenPromise("lost", "reverted", "disordered"));
  });

  test("finds a value that nobody sent", async () => {
    const run = runAgainst({
      crash: (journal) =>
        journal.map((entry) => (entry.verb === "PUT" ? { ...entry, value: "junk" } : entry)),
    });
    await assert.rejects(run, brokenPromise("invented"));
  });

  test("finds that a reader was shown what a crash took back", async () => {
    const run = runAgainst({
      showsUncommitted: true,
      crash: (journal, committed) => journal.slice(0, committed),
    });
    await assert.rejects(run, brokenPromise("lost", "reverted"));
  });
});
