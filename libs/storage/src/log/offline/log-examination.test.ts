import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyIndex } from "../../key-index/key-index.ts";
import { segmentName } from "../file-names.ts";
import { ENTRY_OVERHEAD_BYTES } from "../format/field.ts";
import { judgeLog, type Verdict } from "../judge-log.ts";
import { LogReplay } from "../log-replay.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { findStart, type SurveyedSegment } from "../survey-log.ts";
import { describeIndex } from "../testing/describe-index.ts";
import { LogExamination } from "./log-examination.ts";
import { lookAtStore, type StoreSight } from "./look-at-store.ts";
import { walkSegment } from "./segment-walk.ts";
import { anyHarm, harmed } from "./testing/harm-files.ts";
import { DIRECTORY, writeStore } from "./testing/write-store.ts";

/** What was made of a log: the verdict, and the state before the flaw. */
interface Understanding {
  readonly verdict: Verdict;
  readonly state: string | undefined;
  readonly lastRevision: number;
}

async function understood(
  content: Content,
  understand: (sight: StoreSight, files: readonly SurveyedSegment[]) => Promise<Understanding>,
): Promise<Understanding> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  const sight = await lookAtStore({ files, directory: DIRECTORY });
  const { startSegment } = findStart(sight.survey, sight.seal?.firstSegment ?? 1);
  return understand(
    sight,
    sight.survey.filter(({ segment }) => segment >= startSegment),
  );
}

function emptyIndex(): KeyIndex {
  return new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
}

async function pause(): Promise<void> {}

function stateOf(index: KeyIndex, content: Content): string {
  return describeIndex(index, (segment) => content.get(segmentName(segment)) ?? new Uint8Array());
}

/** As a start does it. */
function replayed(content: Content): Promise<Understanding> {
  return understood(content, async ({ files, seal, survey }, segments) => {
    const index = emptyIndex();
    const { firstSegment } = findStart(survey, seal?.firstSegment ?? 1);
    const replay = new LogReplay({ index, firstSegment });
    for (const { path, segment } of segments) {
      replay.addSegment({ path, segment, bytes: await files.read(path) });
    }
    const verdict = judgeLog(replay, seal);
    return { verdict, state: stateOf(index, content), lastRevision: replay.lastRevision };
  });
}

function examined(content: Content): Promise<Understanding> {
  return understood(content, async ({ files, seal, seed, survey }, segments) => {
    const index = emptyIndex();
    const { firstSegment } = findStart(survey, seal?.firstSegment ?? 1);
    const log = new LogExamination({ index, endSequence: 0, firstSegment, pause });
    let state: string | undefined;
    for (const segment of segments) {
      const { path, lengthBytes } = segment;
      if (log.begin(segment)) await walkSegment(files, { path, lengthBytes, seed }, log);
      if (log.flaw === undefined) state = stateOf(index, content);
    }
    const verdict = judgeLog(log, seal);
    if (log.flaw !== undefined) {
      const { segment, offsetBytes, reason } = log.flaw;
      const first = log.faults.listed().list.find((fault) => fault.segment === segment);
      assert.deepEqual(first, { segment, offsetBytes, reason });
    }
    const { lastRevision } = log;
    return { verdict, state: log.flaw === undefined ? state : undefined, lastRevision };
  });
}

const stores = await Promise.all([
  writeStore(),
  writeStore({ isClosed: false }),
  writeStore({ isClosed: false, sync: "never" }),
  writeStore({ isClosed: false, sync: "never", isCompacted: true }),
  writeStore({ isCompacted: true }),
]);

test("LogExamination comes to the same verdict as a start does, whatever happened to the files", async () => {
  const verdicts = new Set<string>();
  const property = fc.asyncProperty(
    fc.constantFrom(...stores),
    fc.array(anyHarm, { maxLength: 3 }),
    async (content, harms) => {
      const files = harmed(content, harms);
      const [expected, actual] = [await replayed(files), await examined(files)];
      assert.equal(actual.verdict.type, expected.verdict.type);
      // Of several damages a start names the one that it meets first, and goes no further: another one may be told here.
      const isOneDamage = harms.length < 2 || actual.verdict.type !== "damaged";
      if (isOneDamage) assert.deepEqual(actual.verdict, expected.verdict);
      if (isOneDamage) assert.equal(actual.lastRevision, expected.lastRevision);
      if (actual.state !== undefined) assert.equal(actual.state, expected.state);
      verdicts.add(actual.verdict.type);
    },
  );
  await fc.assert(property, { numRuns: 400 });
  assert.deepEqual([...verdicts].toSorted(), ["damaged", "torn", "whole"]);
});
