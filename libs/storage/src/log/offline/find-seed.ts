import { type FilePort, readFully } from "../file-port.ts";
import { GROUP_HEADER_BYTES } from "../format/group-header.ts";
import { loadU32 } from "../format/little-endian.ts";
import { SEGMENT_HEADER_BYTES } from "../format/segment-header.ts";
import { checksumSeed, type StoreId } from "../format/store-id.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import { checksumSeedOf } from "./checksum-seed-of.ts";

/**
 * The seed of a store's checksums: by its id or, when no file tells that, by the first group that a segment
 * begins with and that is whole. `undefined` when there is none.
 */
export async function findSeed(
  files: FilePort,
  survey: readonly SurveyedSegment[],
  storeId: StoreId | undefined,
): Promise<number | undefined> {
  if (storeId !== undefined) return checksumSeed(storeId);
  for (const segment of survey) {
    const seed = await seedIn(files, segment);
    if (seed !== undefined) return seed;
  }
  return undefined;
}

async function seedIn(
  files: FilePort,
  { path, lengthBytes }: SurveyedSegment,
): Promise<number | undefined> {
  const file = await files.openForReading(path);
  try {
    const header = new Uint8Array(GROUP_HEADER_BYTES);
    const count = await readFully(file, header, SEGMENT_HEADER_BYTES);
    const groupBytes = GROUP_HEADER_BYTES + loadU32(header, 4);
    if (count < header.length || SEGMENT_HEADER_BYTES + groupBytes > lengthBytes) return undefined;
    const group = new Uint8Array(groupBytes);
    await readFully(file, group, SEGMENT_HEADER_BYTES);
    return checksumSeedOf(group, 0);
  } finally {
    await file.close();
  }
}
