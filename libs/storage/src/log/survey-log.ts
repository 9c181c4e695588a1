import { join } from "node:path";
import { segmentName, segmentNumber } from "./file-names.ts";
import { type FilePort, readFully } from "./file-port.ts";
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "./format/segment-header.ts";
import { isSameStore, type StoreId } from "./format/store-id.ts";

/** A file of a log of which only the beginning was read. */
export interface SurveyedSegment {
  readonly segment: number;
  readonly path: string;
  readonly lengthBytes: number;
  /** The first bytes, as many as a header has if there are so many. */
  readonly headerBytes: Uint8Array;
  /** `undefined` when it does not read well, or is not that of this file. */
  readonly header: SegmentHeader | undefined;
}

/** Looks at the headers of all segments among `names`, the entries of `directory`; in order of their numbers. */
export async function surveyLog(
  files: FilePort,
  directory: string,
  names: readonly string[],
): Promise<readonly SurveyedSegment[]> {
  const segments = names
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .toSorted((one, other) => one - other);
  const survey: SurveyedSegment[] = [];
  for (const segment of segments) {
    const path = join(directory, segmentName(segment));
    const lengthBytes = await files.size(path);
    const headerBytes = await readStart(files, path);
    const reading = decodeSegmentHeader(headerBytes);
    const isSound =
      reading.type === "header" &&
      reading.header.segment === segment &&
      reading.header.firstSegment <= segment;
    const header = isSound ? reading.header : undefined;
    survey.push({ segment, path, lengthBytes, headerBytes, header });
  }
  return survey;
}

/** The store that a log belongs to, by the first sound header; `undefined` when there is none. */
export function surveyedStore(survey: readonly SurveyedSegment[]): StoreId | undefined {
  return survey.find(({ header }) => header !== undefined)?.header?.storeId;
}

/** Where the log of a survey begins. */
export interface LogStart {
  /** The oldest segment that is needed, as far as the headers tell; a record behind them may know better. */
  readonly firstSegment: number;
  /**
   * Where a replay begins: at that segment or, when files are missing, at the oldest from which on none
   * is. Whether one that is needed is missing then, only the replay can tell. 0 when there is none.
   */
  readonly startSegment: number;
}

/** Finds out where a log begins; `said` is the oldest segment that is needed as others tell. */
export function findStart(survey: readonly SurveyedSegment[], said: number): LogStart {
  const storeId = surveyedStore(survey);
  const sound = survey.filter(({ header }) => {
    return header !== undefined && storeId !== undefined && isSameStore(header.storeId, storeId);
  });
  const top = sound.at(-1)?.segment;
  if (top === undefined) return { firstSegment: said, startSegment: survey[0]?.segment ?? 0 };
  const firstSegment = Math.max(said, ...sound.map(({ header }) => header?.firstSegment ?? 1));
  let unbroken = top;
  for (const { segment } of survey.toReversed()) if (segment === unbroken - 1) unbroken = segment;
  return { firstSegment, startSegment: Math.max(unbroken, Math.min(firstSegment, top)) };
}

async function readStart(files: FilePort, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const file = await files.openForReading(path);
  try {
    return bytes.subarray(0, await readFully(file, bytes, 0));
  } finally {
    await file.close();
  }
}

/** The segment behind whose log there may be room: the last one of a store that was not closed in order; 0 for none. */
export function roomSegment(survey: readonly SurveyedSegment[], isSealed: boolean): number {
  return isSealed ? 0 : (survey.at(-1)?.segment ?? 0);
}
