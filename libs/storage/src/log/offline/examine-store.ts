import { join } from "node:path";
import { KeyIndex } from "../../key-index/key-index.ts";
import type { MaintenanceOptions } from "../../maintenance.ts";
import type { FilePort } from "../file-port.ts";
import { ENTRY_OVERHEAD_BYTES } from "../format/field.ts";
import { FORMAT_VERSION } from "../format/segment-header.ts";
import { STORE_ID_BYTES } from "../format/store-id.ts";
import { nodeScheduler } from "../scheduler.ts";
import { SNAPSHOT_NAME } from "../snapshot/snapshot-name.ts";
import { findStart } from "../survey-log.ts";
import type { CheckedSnapshot, CheckReport } from "./check-report.ts";
import { checkSnapshot, type SnapshotCheck } from "./check-snapshot.ts";
import { digestIndex } from "./digest-index.ts";
import { Findings } from "./findings.ts";
import { LogExamination } from "./log-examination.ts";
import { lookAtStore, type StoreSight } from "./look-at-store.ts";
import { noteOtherFiles } from "./note-other-files.ts";
import { walkSegment } from "./segment-walk.ts";
import { tellVerdict } from "./tell-verdict.ts";

/** What {@link examineStore} has to know. */
export interface ExamineStoreOptions extends MaintenanceOptions {
  readonly files: FilePort;
  /** Nobody else uses it. */
  readonly directory: string;
}

/**
 * Reads everything in the directory of a store, and tells all that is wrong. Writes nothing. Rejects as the
 * disk does, with `STORAGE_FORMAT`, or with the reason of the signal.
 */
export async function examineStore(options: ExamineStoreOptions): Promise<CheckReport> {
  const sight = await lookAtStore(options);
  const { directory, seal, storeId, unreadable } = sight;
  const snapshot = await checkSnapshot({ ...sight, makeIndex: () => indexOf(sight), pause });
  const { log, index } = await examineLog(sight, snapshot, options);
  const findings = new Findings();
  for (const { path, offsetBytes, lengthBytes } of unreadable) {
    const reason = `the disk reports an input/output error (EIO) for ${lengthBytes} bytes`;
    findings.add({ severity: "damage", path, offsetBytes, reason });
  }
  const verdict = tellVerdict(findings, { log, sight });
  const isWhole = verdict === "whole";
  tellSnapshot(findings, directory, {
    snapshot,
    digest: isWhole && snapshot.type === "good" ? await digestIndex(index, pause) : undefined,
  });
  noteOtherFiles(findings, sight, log);
  const totals = verdict === "torn" ? log.soundTotals : log.totals;
  const totalBytes = log.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    directory,
    storeId: storeId && Buffer.from(storeId).toString("hex"),
    formatVersion: FORMAT_VERSION,
    sealed: seal !== undefined,
    segments: log.segments,
    ...totals,
    deadBytes: Math.max(0, totalBytes - totals.liveBytes),
    snapshot: described(snapshot),
    findings: findings.list(directory),
    isSound: findings.isSound,
  };
}

/** Lets others go first. */
function pause(): Promise<void> {
  return new Promise((resolve) => nodeScheduler.endOfTurn(resolve));
}

function indexOf({ storeId }: StoreSight): KeyIndex {
  const seed = storeId ?? new Uint8Array(STORE_ID_BYTES);
  return new KeyIndex({ seed, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
}

async function examineLog(
  sight: StoreSight,
  snapshot: SnapshotCheck,
  { onProgress, signal }: MaintenanceOptions,
): Promise<{ readonly log: LogExamination; readonly index: KeyIndex }> {
  const { files, seal, seed, survey } = sight;
  const proof = snapshot.type === "none" ? undefined : snapshot.proof;
  const said = Math.max(1, proof?.firstSegment ?? 1, seal?.firstSegment ?? 1);
  const { startSegment, firstSegment } = findStart(survey, said);
  const needed = survey.filter(({ segment }) => segment >= startSegment);
  const totalBytes = needed.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  let doneBytes = 0;
  const index = indexOf(sight);
  const log = new LogExamination({
    index,
    endSequence: proof?.endSequence ?? 0,
    firstSegment,
    pause: async (readBytes) => {
      await pause();
      signal?.throwIfAborted();
      onProgress?.(doneBytes + readBytes, totalBytes);
    },
  });
  for (const segment of needed) {
    const { path, lengthBytes } = segment;
    const mayHaveRoom = segment.segment === sight.roomSegment;
    if (log.begin(segment)) await walkSegment(files, { path, lengthBytes, seed, mayHaveRoom }, log);
    doneBytes += lengthBytes;
  }
  return { log, index };
}

/** `digest` is that of the index by the whole log, when that is sound. */
function tellSnapshot(
  findings: Findings,
  directory: string,
  { snapshot, digest }: { readonly snapshot: SnapshotCheck; readonly digest: string | undefined },
): void {
  const place = { path: join(directory, SNAPSHOT_NAME), offsetBytes: 0 };
  if (snapshot.type === "unusable") {
    const reason = `the index snapshot cannot be used: ${snapshot.reason}; the next start reads the whole log instead`;
    findings.add({ severity: "note", ...place, reason });
  }
  if (snapshot.type !== "good" || digest === undefined) return;
  const { outcome } = snapshot;
  if (outcome?.type === "nonsense") {
    const reason = `the log makes no sense behind the index snapshot: ${outcome.reason}; without this file the next start reads the whole log`;
    findings.add({ severity: "damage", ...place, reason });
  } else if (outcome?.digest !== digest) {
    const reason =
      "the index snapshot and the log come to different keys; without this file the next start reads the whole log";
    findings.add({ severity: "damage", ...place, reason });
  }
}

function described(snapshot: SnapshotCheck): CheckedSnapshot {
  const { type: state } = snapshot;
  if (state === "none") return { state };
  return state === "unusable" ? { state, reason: snapshot.reason } : { state, keys: snapshot.keys };
}
