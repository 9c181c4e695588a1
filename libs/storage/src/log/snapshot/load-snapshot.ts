import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { KeyIndex } from "../../key-index/key-index.ts";
import { type FilePort, type ReadableFile, readFully } from "../file-port.ts";
import type { StoreId } from "../format/store-id.ts";
import type { LogPosition } from "../log-position.ts";
import { isSystemError, systemReason } from "../system-reason.ts";
import { BlockLoader } from "./block-loader.ts";
import { ReadAhead } from "./read-ahead.ts";
import { BLOCK_HEADER_BYTES, BLOCK_LIMIT_BYTES, decodeBlockHeader } from "./snapshot-block.ts";
import {
  decodeSnapshotFooter,
  SNAPSHOT_FOOTER_BYTES,
  type SnapshotFooter,
} from "./snapshot-footer.ts";
import { decodeSnapshotHeader, SNAPSHOT_HEADER_BYTES } from "./snapshot-header.ts";
import { SNAPSHOT_NAME } from "./snapshot-name.ts";
import type { SnapshotProgress } from "./write-snapshot.ts";

/** What {@link loadSnapshot} has to know. */
export interface LoadSnapshotOptions {
  readonly files: FilePort;
  readonly directory: string;
  /** Makes the empty index that is filled, for the store that the snapshot is of. */
  readonly makeIndex: (storeId: StoreId) => KeyIndex;
  /** Called after each piece of some megabytes. */
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

/** An index as a snapshot has it: right once the log has been replayed over it, from `from` to `endSequence` at least. */
export interface LoadedSnapshot {
  readonly type: "snapshot";
  readonly index: KeyIndex;
  readonly storeId: StoreId;
  readonly from: LogPosition;
  readonly endSequence: number;
  /** The oldest segment that the log needed when the snapshot was begun. */
  readonly firstSegment: number;
  /** How many keys are in it. */
  readonly keys: number;
}

/** What came of looking for a snapshot. */
export type SnapshotReading =
  | LoadedSnapshot
  | { readonly type: "none" }
  | { readonly type: "unusable"; readonly reason: string };

/** What {@link loadContent} passes around. */
interface Content {
  readonly file: ReadableFile;
  /** From the end of the header to the beginning of the footer. */
  readonly start: number;
  readonly end: number;
  readonly seed: number;
}

/**
 * Loads the snapshot in `directory`, checking every byte of it. One that is damaged, of another
 * version or cannot be read is `unusable`, with the reason as it fits behind a colon: the log alone
 * gives the same state, later. Writes nothing. The index that was begun is of no use then.
 *
 * `lastRevision` of the index is that of `from`; entries may have higher ones.
 */
export async function loadSnapshot(options: LoadSnapshotOptions): Promise<SnapshotReading> {
  const path = join(options.directory, SNAPSHOT_NAME);
  try {
    const file = await options.files.openForReading(path);
    try {
      return await loadFile(file, await options.files.size(path), options);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return { type: "none" };
    if (!isSystemError(error)) throw error;
    return { type: "unusable", reason: systemReason(error).reason };
  }
}

async function loadFile(
  file: ReadableFile,
  fileBytes: number,
  options: LoadSnapshotOptions,
): Promise<SnapshotReading> {
  const start = SNAPSHOT_HEADER_BYTES;
  const end = fileBytes - SNAPSHOT_FOOTER_BYTES;
  if (end < start) return unusable("it is cut short");
  const headerBytes = new Uint8Array(SNAPSHOT_HEADER_BYTES);
  const footerBytes = new Uint8Array(SNAPSHOT_FOOTER_BYTES);
  await readFully(file, headerBytes, 0);
  await readFully(file, footerBytes, end);
  const reading = decodeSnapshotHeader(headerBytes);
  if (reading.type === "bad") return unusable(reading.reason);
  const { header, seed } = reading;
  const footer = decodeSnapshotFooter(footerBytes, seed);
  if (footer === undefined) return unusable("its end is missing or damaged");
  const index = options.makeIndex(header.storeId);
  const content = { file, start, end, seed };
  const reason = await loadContent(content, { index, footer, onProgress: options.onProgress });
  if (reason !== undefined) return unusable(reason);
  const { storeId, from, firstSegment, dropRevision } = header;
  index.lastRevision = from.lastRevision;
  index.dropRevision = dropRevision;
  const { endSequence, keys } = footer;
  return { type: "snapshot", index, storeId, from, endSequence, firstSegment, keys };
}

function unusable(reason: string): SnapshotReading {
  return { type: "unusable", reason };
}

/** Fills `index` with all blocks. Returns what is wrong with them. */
async function loadContent(
  { file, start, end, seed }: Content,
  target: {
    readonly index: KeyIndex;
    readonly footer: SnapshotFooter;
    readonly onProgress: LoadSnapshotOptions["onProgress"];
  },
): Promise<string | undefined> {
  const { footer, onProgress } = target;
  const loader = new BlockLoader(target.index);
  await using input = new ReadAhead(file, { start, end, restLimitBytes: BLOCK_LIMIT_BYTES });
  let blocks = 0;
  let rest: Uint8Array = new Uint8Array();
  for (;;) {
    const piece = await input.next(rest);
    if (piece === undefined) break;
    const { bytes } = piece;
    let at = piece.start;
    while (piece.end - at >= BLOCK_HEADER_BYTES) {
      const header = decodeBlockHeader(bytes, at, seed);
      if (header?.number !== blocks + 1) return `block ${blocks + 1} is damaged`;
      const itemsAt = at + BLOCK_HEADER_BYTES;
      const next = itemsAt + header.payloadBytes;
      if (next - at > BLOCK_LIMIT_BYTES) return `block ${blocks + 1} is too long`;
      if (next > piece.end) break;
      if (crc32(bytes.subarray(itemsAt, next), seed) !== header.payloadChecksum) {
        return `block ${blocks + 1} is damaged`;
      }
      if (!loader.load(bytes, itemsAt, next)) return `block ${blocks + 1} makes no sense`;
      blocks++;
      at = next;
    }
    rest = bytes.subarray(at, piece.end);
    onProgress?.({ keys: loader.counts.keys, ofKeys: footer.keys });
  }
  const { buckets, keys } = loader.counts;
  const isWhole = blocks === footer.blocks && buckets === footer.buckets && keys === footer.keys;
  return rest.length === 0 && isWhole ? undefined : "a part of it is missing";
}
