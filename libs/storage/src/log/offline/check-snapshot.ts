import type { KeyIndex } from "../../key-index/key-index.ts";
import type { FilePort } from "../file-port.ts";
import { isSameStore, type StoreId } from "../format/store-id.ts";
import { holdsPosition } from "../holds-position.ts";
import { RecordReplay } from "../record-replay.ts";
import { type LoadedSnapshot, loadSnapshot } from "../snapshot/load-snapshot.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import { digestIndex } from "./digest-index.ts";
import { walkSegment } from "./segment-walk.ts";

/** What {@link checkSnapshot} has to know. */
export interface CheckSnapshotOptions {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId | undefined;
  readonly seed: number;
  readonly survey: readonly SurveyedSegment[];
  readonly roomSegment: number;
  readonly makeIndex: () => KeyIndex;
  readonly pause: () => Promise<void>;
}

/** What there is to say of an index snapshot. */
export type SnapshotCheck =
  | { readonly type: "none" }
  | { readonly type: "unusable"; readonly reason: string; readonly proof: SnapshotProof }
  | {
      readonly type: "good";
      readonly keys: number;
      readonly proof: SnapshotProof;
      /** What it comes to with the log behind it; `undefined` when a part of that is not sound. */
      readonly outcome: SnapshotOutcome | undefined;
    };

/** What a snapshot tells of the log, even where it cannot be used. */
export interface SnapshotProof {
  /** Groups up to this one were on the disk; 0 for none. */
  readonly endSequence: number;
  /** The oldest segment that was needed when it was begun; 1 when nobody can tell. */
  readonly firstSegment: number;
}

/** The index that a start would have. */
export type SnapshotOutcome =
  | { readonly type: "index"; readonly digest: string }
  | { readonly type: "nonsense"; readonly reason: string };

const NO_PROOF: SnapshotProof = { endSequence: 0, firstSegment: 1 };

/**
 * Loads the snapshot in a directory and replays the log behind it as a start would. What comes of that is
 * told by a digest: two indexes at once would take twice the memory.
 */
export async function checkSnapshot(options: CheckSnapshotOptions): Promise<SnapshotCheck> {
  const { files, directory, makeIndex, survey, storeId } = options;
  const reading = await loadSnapshot({ files, directory, makeIndex });
  if (reading.type === "none") return reading;
  if (reading.type === "unusable") return { ...reading, proof: NO_PROOF };
  if (storeId !== undefined && !isSameStore(storeId, reading.storeId)) {
    return { type: "unusable", reason: "it belongs to another store", proof: NO_PROOF };
  }
  const { from, endSequence, firstSegment, keys } = reading;
  const proof = { endSequence, firstSegment };
  const place = survey.find(({ segment }) => segment === from.segment);
  if (place === undefined || !holdsPosition(await files.read(place.path), from)) {
    const reason = "the log does not have the place where it begins";
    return { type: "unusable", reason, proof };
  }
  return { type: "good", keys, proof, outcome: await replayBehind(reading, options) };
}

async function replayBehind(
  { index, from, endSequence, firstSegment }: LoadedSnapshot,
  { files, seed, survey, roomSegment, pause }: CheckSnapshotOptions,
): Promise<SnapshotOutcome | undefined> {
  const records = new RecordReplay(index);
  records.learn({ lastRevision: from.lastRevision, firstSegment });
  records.begin();
  let lastSequence = from.sequence;
  let isSound = true;
  let nonsense: string | undefined;
  for (const { segment, path, lengthBytes } of survey) {
    if (segment < from.segment || !isSound || nonsense !== undefined) continue;
    const startBytes = segment === from.segment ? from.offsetBytes : undefined;
    await walkSegment(
      files,
      { path, lengthBytes, seed, startBytes, mayHaveRoom: segment === roomSegment },
      {
        get nextSequence() {
          return lastSequence + 1;
        },
        group: ({ header, bytes, start, end }) => {
          const { sequence, lastRevision } = header;
          isSound &&= sequence === lastSequence + 1;
          if (!isSound || nonsense !== undefined) return;
          lastSequence = sequence;
          const isKnown = sequence <= endSequence;
          nonsense = records.replay({ bytes, start, end, segment, lastRevision, isKnown });
        },
        skipped: () => {
          isSound = false;
        },
        pause,
      },
    );
  }
  if (!isSound) return undefined;
  return nonsense === undefined
    ? { type: "index", digest: await digestIndex(index, pause) }
    : { type: "nonsense", reason: nonsense };
}
