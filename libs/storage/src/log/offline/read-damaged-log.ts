import { KeyIndex } from "../../key-index/key-index.ts";
import { ENTRY_OVERHEAD_BYTES } from "../format/field.ts";
import { decodeGroupHeader, findGroupMagic, GROUP_HEADER_BYTES } from "../format/group-header.ts";
import { isSameStore, type StoreId } from "../format/store-id.ts";
import type { LogPosition } from "../log-position.ts";
import { type LoadedSnapshot, loadSnapshot } from "../snapshot/load-snapshot.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import type { StoreSight } from "./look-at-store.ts";
import type { RenamedBucket } from "./salvage-report.ts";
import { walkSegment } from "./segment-walk.ts";
import { TolerantReplay } from "./tolerant-replay.ts";

/** What {@link readDamagedLog} has to know. */
export interface ReadDamagedLogOptions {
  readonly sight: StoreSight;
  /** The segments to read, in order. */
  readonly segments: readonly SurveyedSegment[];
  /** Of the new store: its positions in listings are those of the index. */
  readonly storeId: StoreId;
  readonly pause: (segment: SurveyedSegment, readBytes: number) => Promise<void>;
}

/** A damaged log, as far as it can be understood. */
export interface DamagedLog {
  /** What every key was said to be, as far as anything is left that says it. */
  readonly index: KeyIndex;
  /** Where the index snapshot begins that it was read from; `undefined` when it is all from the log. */
  readonly from: LogPosition | undefined;
  /** The oldest segment that is needed, as far as records and snapshot tell. */
  readonly firstSegment: number;
  /** A group up to which the snapshot proves that the log was there; 0 for none. */
  readonly endSequence: number;
  /** Buckets that no record names, and what they are called now. */
  readonly renamed: readonly RenamedBucket[];
  readonly lostRecords: number;
  /** Whether a bucket was found to have been dropped by nothing but its successor. */
  readonly hasUnseenDrops: boolean;
}

/**
 * Understands what is left of a log: from the index snapshot, if that is good, so that what is damaged before
 * it takes no bucket's name away and undoes no delete, and from what is sound of the log behind it.
 *
 * When records are about buckets whose names are lost, everything is read a second time, with the names that
 * later records tell, or made-up ones.
 */
export async function readDamagedLog(options: ReadDamagedLogOptions): Promise<DamagedLog> {
  const first = await readOnce(options, new Map());
  const { replay, index } = first;
  if (replay.strangers.size === 0) return damagedLog(first, []);
  const names = new Map(replay.learnt);
  const renamed: RenamedBucket[] = [];
  for (const bucketId of replay.strangers.keys()) {
    if (names.has(bucketId)) continue;
    const name = freeName(index, bucketId);
    names.set(bucketId, Buffer.from(name));
    renamed.push({ bucketId, name });
  }
  const second = await readOnce(options, names);
  const { index: known } = second;
  return damagedLog(
    second,
    renamed.filter(({ bucketId }) => known.bucketWithId(bucketId) !== 0),
  );
}

interface Reading {
  readonly index: KeyIndex;
  readonly from: LogPosition | undefined;
  readonly firstSegment: number;
  readonly endSequence: number;
  readonly replay: TolerantReplay;
}

function damagedLog(
  { replay, ...reading }: Reading,
  renamed: readonly RenamedBucket[],
): DamagedLog {
  const lost = [...replay.strangers.values()].reduce((sum, count) => sum + count, 0);
  const hasUnseenDrops = replay.unseenDrops > 0;
  const lostRecords = lost + replay.oddRecords;
  return { ...reading, renamed, lostRecords, hasUnseenDrops };
}

function freeName(index: KeyIndex, bucketId: number): string {
  const stem = `salvaged-bucket-${bucketId}`;
  let name = stem;
  for (let count = 2; index.bucketNamed(Buffer.from(name)) !== 0; count++) {
    name = `${stem}-${count}`;
  }
  return name;
}

async function readOnce(
  options: ReadDamagedLogOptions,
  names: ReadonlyMap<number, Uint8Array>,
): Promise<Reading> {
  const { sight, segments, storeId, pause } = options;
  const { files, seed } = sight;
  const makeIndex = (): KeyIndex => {
    return new KeyIndex({ seed: storeId, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
  };
  const snapshot = await findSnapshot(sight, makeIndex);
  const index = snapshot?.index ?? makeIndex();
  const { segment: firstSegment = 0, offsetBytes, sequence = 0 } = snapshot?.from ?? {};
  const endSequence = snapshot?.endSequence ?? 0;
  const replay = new TolerantReplay({ index, names });
  let nextSequence = sequence + 1;
  for (const file of segments) {
    const { segment, path, lengthBytes } = file;
    if (segment < firstSegment) continue;
    const startBytes = segment === firstSegment ? offsetBytes : undefined;
    await walkSegment(
      files,
      { path, lengthBytes, seed, startBytes },
      {
        get nextSequence() {
          return nextSequence;
        },
        group: ({ header, offsetBytes: groupAt, bytes, start, end }) => {
          if (header.sequence < nextSequence) return;
          if (header.sequence > nextSequence) replay.gap(segment, groupAt);
          nextSequence = header.sequence + 1;
          const { lastRevision } = header;
          const isKnown = header.sequence <= endSequence;
          replay.replay({ bytes, start, end, segment, lastRevision, isKnown });
        },
        skipped: () => {},
        pause: (readBytes) => pause(file, readBytes),
      },
    );
  }
  const needed = Math.max(replay.firstSegment, snapshot?.firstSegment ?? 1);
  return { index, from: snapshot?.from, firstSegment: needed, endSequence, replay };
}

/** The index snapshot, when it is good and nothing in the log contradicts it. */
async function findSnapshot(
  sight: StoreSight,
  makeIndex: () => KeyIndex,
): Promise<LoadedSnapshot | undefined> {
  const { files, directory, storeId } = sight;
  const reading = await loadSnapshot({ files, directory, makeIndex });
  if (reading.type !== "snapshot") return undefined;
  if (storeId !== undefined && !isSameStore(storeId, reading.storeId)) return undefined;
  return (await fitsLog(sight, reading.from)) ? reading : undefined;
}

/**
 * Whether a place is, or was, in the log: every group of its segment that is left stands before or behind it, as
 * its sequence says. A segment that is not there is lost when it is the newest; otherwise the log may do without
 * it since, and the snapshot is too old.
 */
async function fitsLog(
  { files, survey, seed }: StoreSight,
  { segment, offsetBytes, sequence }: LogPosition,
): Promise<boolean> {
  const file = survey.find((each) => each.segment === segment);
  if (file === undefined) return segment > (survey.at(-1)?.segment ?? 0);
  const bytes = await files.read(file.path);
  for (let at = findGroupMagic(bytes, 0); at >= 0; at = findGroupMagic(bytes, at + 1)) {
    const group = decodeGroupHeader(bytes, at, seed);
    if (group === undefined) continue;
    const end = at + GROUP_HEADER_BYTES + group.payloadBytes;
    const fits = group.sequence <= sequence ? end <= offsetBytes : at >= offsetBytes;
    if (!fits) return false;
  }
  return true;
}
