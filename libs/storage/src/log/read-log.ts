import { emit } from "../events.ts";
import { KeyIndex } from "../key-index/key-index.ts";
import type { FilePort } from "./file-port.ts";
import { ENTRY_OVERHEAD_BYTES } from "./format/field.ts";
import type { Seal } from "./format/seal.ts";
import { isSameStore, type StoreId } from "./format/store-id.ts";
import { holdsPosition } from "./holds-position.ts";
import { LogReplay } from "./log-replay.ts";
import type { LoadedSnapshot, SnapshotReading } from "./snapshot/load-snapshot.ts";
import {
  findStart,
  roomSegment,
  type SurveyedSegment,
  surveyedStore,
  surveyLog,
} from "./survey-log.ts";

/** What {@link readLog} has to know. */
export interface ReadLogOptions {
  readonly files: FilePort;
  readonly directory: string;
  /** Draws the identity of a store that is new. */
  readonly drawStoreId: () => StoreId;
  /** Makes the index of a store, empty; by default a plain one. */
  readonly makeIndex?: ((storeId: StoreId) => KeyIndex) | undefined;
  /** Loads the index snapshot; by default there is none. */
  readonly loadSnapshot?: (() => Promise<SnapshotReading>) | undefined;
  /** Called after each segment that was replayed, with the bytes of those done and of all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** A log that was read as far as it is good, and not judged yet. */
export interface ReadLog {
  readonly replay: LogReplay;
  /** All segments that are there. */
  readonly survey: readonly SurveyedSegment[];
  readonly index: KeyIndex;
  /** That of the log or, when none of its headers reads well, a fresh one. */
  readonly storeId: StoreId;
  readonly usesSnapshot: boolean;
  /** The file in which the good part ends, as it was read. */
  readonly lastBytes: Uint8Array;
}

/**
 * Reads the log in `directory`, whose entries are `names`: from where a snapshot begins, if there is
 * one that fits, or all of it. Of the segments before that only the headers are looked at. Writes nothing.
 */
export async function readLog(
  options: ReadLogOptions,
  names: readonly string[],
  seal: Seal | undefined,
): Promise<ReadLog> {
  const { files, directory, makeIndex = plainIndex, onProgress } = options;
  const survey = await surveyLog(files, directory, names);
  const knownId = surveyedStore(survey);
  const snapshot = await findSnapshot(options, knownId);
  const said = Math.max(1, seal?.firstSegment ?? 1, snapshot?.firstSegment ?? 1);
  const { startSegment, firstSegment } = findStart(survey, said);
  const needed = survey.filter(({ segment }) => segment >= startSegment);
  const usable = snapshot && (await isInLog(files, needed, snapshot)) ? snapshot : undefined;
  if (snapshot !== undefined && usable === undefined) {
    tellUnusable(directory, "the log does not have the place where it begins");
  }
  const storeId = knownId ?? options.drawStoreId();
  const index = usable?.index ?? makeIndex(storeId);
  // Even where it cannot be used, a snapshot proves how far the log was on the disk.
  const endSequence = snapshot?.endSequence;
  const replay = new LogReplay({ index, from: usable?.from, endSequence, firstSegment });
  const from = usable?.from.segment ?? 0;
  const totalBytes = needed
    .filter(({ segment }) => segment >= from)
    .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  let doneBytes = 0;
  let lastBytes: Uint8Array = new Uint8Array();
  for (const { segment, path, lengthBytes, headerBytes } of needed) {
    const isBefore = segment < from;
    const bytes = isBefore ? headerBytes : await files.read(path);
    const mayHaveRoom = segment === roomSegment(survey, seal !== undefined);
    replay.addSegment({ path, segment, bytes, mayHaveRoom });
    if (replay.end.segment === segment) lastBytes = bytes;
    if (isBefore) continue;
    doneBytes += lengthBytes;
    onProgress?.(doneBytes, totalBytes);
  }
  return { replay, survey, index, storeId, usesSnapshot: usable !== undefined, lastBytes };
}

function plainIndex(storeId: StoreId): KeyIndex {
  return new KeyIndex({ seed: storeId, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
}

/** The snapshot, if there is one of the store; of any store, when the log does not tell which it is. */
async function findSnapshot(
  { loadSnapshot, directory }: ReadLogOptions,
  storeId: StoreId | undefined,
): Promise<LoadedSnapshot | undefined> {
  const reading = await loadSnapshot?.();
  if (reading?.type === "unusable") tellUnusable(directory, reading.reason);
  if (reading?.type !== "snapshot") return undefined;
  if (storeId === undefined || isSameStore(storeId, reading.storeId)) return reading;
  tellUnusable(directory, "it belongs to another store");
  return undefined;
}

async function isInLog(
  files: FilePort,
  needed: readonly SurveyedSegment[],
  { from }: LoadedSnapshot,
): Promise<boolean> {
  const surveyed = needed.find(({ segment }) => segment === from.segment);
  return surveyed !== undefined && holdsPosition(await files.read(surveyed.path), from);
}

function tellUnusable(path: string, reason: string): void {
  const message = `Cannot use the index snapshot of the store at "${path}": ${reason}; the whole log is read instead`;
  emit({ level: "warn", type: "snapshot-unusable", message, path, reason });
}
