import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isStorageError } from "../../errors.ts";
import { openLogStore } from "../open-log-store.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { SKIPPED_REVISIONS } from "../skip-revisions.ts";
import type { CheckReport } from "./check-report.ts";
import { checkStore } from "./check-store.ts";
import type { SalvageReport } from "./salvage-report.ts";
import { salvageStore } from "./salvage-store.ts";
import { anyHarm, flipped, harmed } from "./testing/harm-files.ts";
import { groupsOf, stateBy } from "./testing/sound-records.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY, writeStore } from "./testing/write-store.ts";

const TARGET = "/data/salvaged";

interface Salvaged {
  readonly report: SalvageReport;
  readonly checked: CheckReport;
  readonly state: readonly string[];
}

/** Salvages a store of these files; what comes of it opens and is sound, and they are as they were. */
async function salvaged(content: Content): Promise<Salvaged> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  const drawBytes = (count: number): Uint8Array => new Uint8Array(count).fill(9);
  const report = await salvageStore({ directory: DIRECTORY, target: TARGET, files, drawBytes });
  assert.deepEqual(files.content(DIRECTORY), content);
  assert.equal(files.has(`${TARGET}.partial`), false);
  assert.equal(files.readerCount, 0);
  const checked = await checkStore({ directory: TARGET, files });
  assert.deepEqual(
    [checked.findings, checked.sealed, checked.storeId],
    [[], true, "09".repeat(16)],
  );
  assert.equal(report.kept.keys, checked.keys);
  assert.equal(report.kept.buckets, checked.buckets);
  assert.equal(report.kept.lastRevision, checked.lastRevision);
  assert.equal(report.isWhole, report.remarks.length === 0);
  return { report, checked, state: await stateOf(files.content(TARGET)) };
}

function without(content: Content, ...names: readonly string[]): Content {
  return new Map([...content].filter(([name]) => !names.includes(name)));
}

const sealed = await writeStore();
const killed = await writeStore({ isClosed: false });
const compacted = await writeStore({ isCompacted: true });

test("salvageStore() makes of a sound store one that shows the same", async () => {
  const behindSnapshot = await writeStore({ hasSnapshot: true, goesOn: true });
  for (const content of [sealed, killed, compacted, behindSnapshot]) {
    const { report, state } = await salvaged(content);
    assert.ok(report.isWhole, JSON.stringify(report));
    assert.deepEqual(state, await stateOf(content));
    const hasSnapshot = content.has("SNAPSHOT");
    assert.equal(report.read.from, hasSnapshot ? "snapshot" : "log");
    assert.equal(report.kept.lastRevision % SKIPPED_REVISIONS, hasSnapshot ? 44 : 30);
    assert.equal(report.kept.lastRevision > SKIPPED_REVISIONS, !content.has("SEAL"));
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  }
});

/** What is left of a store with one bit flipped, by a model, and the group that is lost. */
function leftOf(content: Content, name: string, at: number) {
  const groups = groupsOf(content);
  const isHit = (group: { name: string; start: number; end: number }): boolean => {
    return group.name === name && group.start <= at && at < group.end;
  };
  const hit = groups.find(isHit);
  const isLast = hit !== undefined && hit === groups.at(-1);
  return { lines: stateBy(groups.filter((group) => group !== hit)), hit, isLast };
}

test("salvageStore() keeps all that is outside the group with a flipped bit", async () => {
  const small = await writeStore({ isSmall: true });
  for (const content of [small, without(compacted, "SEAL")]) {
    for (const [name, bytes] of content) {
      for (let at = 0; at < bytes.length; at += 3) {
        const harmedStore = new Map(content).set(name, flipped(bytes, at, 1 << (at % 8)));
        const { report, state } = await salvaged(harmedStore);
        const { lines, hit, isLast } = leftOf(content, name, at);
        const what = `${name}, byte ${at}`;
        assert.deepEqual(state, lines, what);
        const skipped = report.skipped.list.map(({ path, offsetBytes, bytes: length }) => {
          return [path, offsetBytes, offsetBytes + length];
        });
        const lost = hit === undefined ? [] : [[join(DIRECTORY, name), hit.start, hit.end]];
        assert.deepEqual(skipped, lost, what);
        const isDoubtful = report.remarks.some((remark) => /deleted or dropped/u.test(remark));
        assert.equal(isDoubtful, hit !== undefined, what);
        // Without a seal nobody knows how many groups the end of the log has had.
        const isCounted = hit !== undefined && (content.has("SEAL") || !isLast);
        assert.equal(report.lostGroups, Number(isCounted), what);
      }
    }
  }
});

test("salvageStore() goes by a good snapshot, so that damage before it costs single values only", async () => {
  const content = await writeStore({ isSmall: true, hasSnapshot: true });
  const whole = await stateOf(content);
  for (const [name, bytes] of content) {
    if (!name.endsWith(".log")) continue;
    for (let at = 0; at < bytes.length; at += 3) {
      const harmedStore = new Map(content).set(name, flipped(bytes, at, 1 << (at % 8)));
      const { report, state } = await salvaged(harmedStore);
      const what = `${name}, byte ${at}: ${JSON.stringify(report)}`;
      const lost = whole.filter((line) => !state.includes(line));
      assert.ok(
        state.every((line) => whole.includes(line)),
        what,
      );
      assert.equal(report.lostKeys.count, lost.length, what);
      assert.ok(lost.length <= 1, what);
      assert.deepEqual([report.read.from, report.renamed], ["snapshot", []], what);
      assert.equal(report.lostGroups, report.skipped.count, what);
      assert.ok(!report.remarks.some((remark) => /deleted or dropped/u.test(remark)), what);
    }
  }
});

test("salvageStore() names keys whose values are lost, as text or in base64", async () => {
  const content = await writeStore({ isSmall: true, hasSnapshot: true });
  const name = "00000003.log";
  const names = [...content.keys()].filter((each) => each.endsWith(".log"));
  const { report } = await salvaged(without(content, ...names.filter((each) => each !== name)));
  assert.deepEqual(report.missing.list, [`${DIRECTORY}/00000001.log`, `${DIRECTORY}/00000002.log`]);
  assert.ok(report.lostKeys.list.some(({ bucket, key }) => bucket === "dropped" && key === "back"));
  const odd = { bucketBase64: "/wA=", keyBase64: "/wA=" };
  assert.ok(report.lostKeys.list.some((each) => JSON.stringify(each) === JSON.stringify(odd)));
});

test("salvageStore() serves nothing that was never there, whatever happened to the files", async () => {
  const stores = [sealed, killed, compacted, await writeStore({ hasSnapshot: true, goesOn: true })];
  const property = fc.asyncProperty(
    fc.constantFrom(...stores),
    fc.array(anyHarm, { minLength: 1, maxLength: 3 }),
    async (content, harms) => {
      const files = harmed(content, harms);
      if (![...files.keys()].some((name) => name.endsWith(".log"))) return;
      const { report, state } = await salvaged(files);
      const known = everSaid(content);
      for (const line of state) {
        assert.ok(!line.includes("/") || known.has(withoutBucket(line)), line);
      }
      const { isSound } = await checkStore({
        directory: DIRECTORY,
        files: SimulatedMachine.holding(DIRECTORY, files),
      });
      if (isSound && report.isWhole) assert.deepEqual(state, await stateOf(files));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

/** Every key with every value it ever had, and the revisions that it had then. */
function everSaid(content: Content): ReadonlySet<string> {
  const groups = groupsOf(content);
  const lines = groups.flatMap((_, count) => stateBy(groups.slice(0, count + 1)));
  return new Set(lines.map(withoutBucket));
}

function withoutBucket(line: string): string {
  return line.slice(line.indexOf("/"), line.indexOf(" until "));
}
