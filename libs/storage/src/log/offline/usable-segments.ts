import { StorageError } from "../../errors.ts";
import { decodeSegmentHeader, FORMAT_VERSION } from "../format/segment-header.ts";
import { isSameStore } from "../format/store-id.ts";
import { findStart, type SurveyedSegment } from "../survey-log.ts";
import type { StoreSight } from "./look-at-store.ts";
import type { SkippedBytes } from "./salvage-report.ts";

/** The files of a log that a salvage reads, and those that it does not. */
export interface UsableSegments {
  /** In order. */
  readonly segments: readonly SurveyedSegment[];
  readonly foreign: readonly SkippedBytes[];
  /** The oldest segment that is needed, as far as headers and seal tell. */
  readonly firstSegment: number;
}

/**
 * The segments that a damaged store needs, as far as it can be told, but for those that belong to another
 * store. Throws `STORAGE_FORMAT` when one is of another version.
 */
export function usableSegments({ survey, seal, storeId }: StoreSight): UsableSegments {
  const { firstSegment } = findStart(survey, seal?.firstSegment ?? 1);
  const segments: SurveyedSegment[] = [];
  const foreign: SkippedBytes[] = [];
  for (const file of survey) {
    const { path, segment, lengthBytes: bytes } = file;
    if (segment < firstSegment) continue;
    const reading = decodeSegmentHeader(file.headerBytes);
    if (reading.type === "other-version") {
      const { found } = reading;
      throw new StorageError("STORAGE_FORMAT", { path, found, supported: FORMAT_VERSION });
    }
    const isForeign =
      reading.type === "header" &&
      storeId !== undefined &&
      !isSameStore(reading.header.storeId, storeId);
    if (isForeign) {
      foreign.push({ path, offsetBytes: 0, bytes, reason: "the file belongs to another store" });
    } else segments.push(file);
  }
  return { segments, foreign, firstSegment };
}
