import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isStorageError } from "../../errors.ts";
import type { StorageErrorCode } from "../../errors.ts";
import { openLogStore } from "../open-log-store.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { encodeSegmentHeader } from "../format/segment-header.ts";
import type { CheckReport, Finding } from "./check-report.ts";
import { checkStore } from "./check-store.ts";
import { anyHarm, flipped, harmed } from "./testing/harm-files.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY, writeStore } from "./testing/write-store.ts";

function check(content: Content): Promise<CheckReport> {
  return checkStore({
    directory: DIRECTORY,
    files: SimulatedMachine.holding(DIRECTORY, content),
  });
}

function without(content: Content, ...names: readonly string[]): Content {
  return new Map([...content].filter(([name]) => !names.includes(name)));
}

function damageIn({ findings }: CheckReport): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "damage");
}

function isFailure(code: StorageErrorCode, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, code), String(error));
    assert.match(error.message, text);
    return true;
  };
}

const sealed = await writeStore();
const killed = await writeStore({ isClosed: false });
const withSnapshot = await writeStore({ hasSnapshot: true, isCompacted: true });
const behindSnapshot = await writeStore({ hasSnapshot: true, goesOn: true });

test("checkStore() tells what a store holds, and that nothing is wrong with it", async () => {
  const report = await check(sealed);
  assert.deepEqual(
    { ...report, segments: report.segments.length },
    {
      directory: DIRECTORY,
      storeId: "07".repeat(16),
      formatVersion: 2,
      sealed: true,
      segments: 5,
      keys: 8,
      buckets: 6,
      liveBytes: report.liveBytes,
      deadBytes: report.deadBytes,
      lastRevision: 30,
      snapshot: { state: "none" },
      findings: [],
      isSound: true,
    },
  );
  const logBytes = [...sealed.values()].reduce((sum, { length }) => sum + length, 0) - 68;
  assert.equal(report.liveBytes + report.deadBytes, logBytes);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);

  assert.deepEqual(await check(killed), { ...report, sealed: false });
  const snapshot = await check(withSnapshot);
  assert.deepEqual(snapshot.snapshot, { state: "good", keys: 8 });
  assert.deepEqual([snapshot.keys, snapshot.findings], [8, []]);
  const behind = await check(behindSnapshot);
  assert.deepEqual(behind.snapshot, { state: "good", keys: 8 });
  assert.deepEqual([behind.keys, behind.findings], [10, []]);
});

test("checkStore() names file and place of every flipped bit of a sealed store", async () => {
  const files = [...withSnapshot];
  for (const [name, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      const report = await check(new Map(withSnapshot).set(name, flipped(bytes, at, 1 << (at % 8))));
      const what = `${name}, byte ${at}: ${JSON.stringify(report.findings)}`;
      const path = join(DIRECTORY, name);
      const found = report.findings.find((finding) => finding.path === path);
      assert.ok(found, what);
      assert.ok(found.offsetBytes <= at && at < found.offsetBytes + 300, what);
      assert.deepEqual(report.findings, [found], what);
      // Without a snapshot a start has all it needs.
      assert.equal(report.isSound, name === "SNAPSHOT", what);
      if (name === "SNAPSHOT") assert.equal(report.snapshot.state, "unusable", what);
    }
  }
});

test("checkStore() goes on behind damage, and tells of all of it", async () => {
  const places = [
    ["00000001.log", 10],
    ["00000002.log", 100],
    ["00000002.log", 500],
    ["00000004.log", 300],
  ] as const;
  const files = new Map(sealed);
  for (const [name, at] of places) files.set(name, flipped(files.get(name)!, at));
  const report = await check(files);
  assert.deepEqual(
    report.findings.map(({ severity, path, offsetBytes }) => [severity, path, offsetBytes]),
    [
      ["damage", `${DIRECTORY}/00000001.log`, 0],
      ["damage", `${DIRECTORY}/00000002.log`, 64],
      ["damage", `${DIRECTORY}/00000002.log`, 437],
      ["damage", `${DIRECTORY}/00000004.log`, 64],
    ],
  );
  // What stands in the sound groups is counted.
  assert.ok(report.keys > 0 && report.lastRevision === 30);
});

test("checkStore() finds a log sound exactly when a start takes all of it, or cuts a torn tail", async () => {
  const stores = [
    sealed,
    killed,
    await writeStore({ isClosed: false, sync: "never" }),
    await writeStore({ isCompacted: true }),
  ];
  const outcomes = new Set<string>();
  const property = fc.asyncProperty(
    fc.constantFrom(...stores),
    fc.array(anyHarm, { maxLength: 2 }),
    async (content, harms) => {
      const files = harmed(content, harms);
      const [opened] = await Promise.allSettled([stateOf(files)]);
      const [checked] = await Promise.allSettled([check(files)]);
      if (checked.status === "rejected") {
        // Nothing is left of the store.
        assert.ok(isStorageError(checked.reason, "STORAGE_INACCESSIBLE"), String(checked.reason));
        return;
      }
      const { isSound, findings } = checked.value;
      const severities = findings.map(({ severity }) => severity);
      const what = JSON.stringify(findings);
      if (opened.status === "fulfilled") assert.equal(severities.includes("damage"), false, what);
      else assert.ok(severities.includes("damage"), `${String(opened.reason)}\n${what}`);
      assert.equal(isSound, opened.status === "fulfilled");
      outcomes.add(severities.includes("torn-tail") ? "torn" : String(isSound));
    },
  );
  await fc.assert(property, { numRuns: 300 });
  assert.deepEqual([...outcomes].toSorted(), ["false", "torn", "true"]);
});
