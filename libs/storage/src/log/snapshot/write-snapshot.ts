import { join } from "node:path";
import type { KeyIndex } from "../../key-index/key-index.ts";
import { type FilePort, type OpenFile, writeFully } from "../file-port.ts";
import type { StoreId } from "../format/store-id.ts";
import type { LogPosition } from "../log-position.ts";
import { isSystemError } from "../system-reason.ts";
import { BlockWriter } from "./block-writer.ts";
import { IndexScan } from "./index-scan.ts";
import { encodeSnapshotFooter } from "./snapshot-footer.ts";
import { encodeSnapshotHeader } from "./snapshot-header.ts";
import { SNAPSHOT_NAME, UNFINISHED_SNAPSHOT_NAME } from "./snapshot-name.ts";

/** So much is synced at a time: a sync of the log may have to wait for what the system still holds of other files. */
const SYNC_EVERY_BYTES = 8 * 1024 * 1024;

/** How far a snapshot has come, being written or loaded. */
export interface SnapshotProgress {
  readonly keys: number;
  /** About how many keys there are in all, while it is being written: the index does not stand still. */
  readonly ofKeys: number;
}

/** What {@link writeSnapshot} has to know. */
export interface WriteSnapshotOptions {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId;
  /** May change between slices, in whatever way. */
  readonly index: KeyIndex;
  /** The log will be replayed from here. Everything before it is in the index when the call is made. */
  readonly from: LogPosition;
  /** The oldest segment that the log needs. */
  readonly firstSegment: number;
  /** Resolves in a later turn of the event loop: it is called after each slice, which takes less than a millisecond. */
  readonly turn: () => Promise<void>;
  /**
   * Called once, after the last slice. Resolves, when everything that is in the index at the moment of the
   * call is on the disk, to the sequence of the last group of it; rejects when that cannot be had.
   */
  readonly settle: () => Promise<number>;
  /** Buckets and keys of one slice; by default what takes well under a millisecond. */
  readonly sliceItems?: number;
  /** Gives the snapshot up. Nothing is heard any more once it is about to get its name. */
  readonly signal: AbortSignal;
  /** Called after each slice. */
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

/** A snapshot that was written. */
export interface SnapshotResult {
  /** The log has to hold this group for the snapshot to be of use. */
  readonly endSequence: number;
  readonly buckets: number;
  readonly keys: number;
  readonly fileBytes: number;
}

/**
 * Writes a snapshot of `index` beside the traffic, in slices. It is not the state of one moment: each
 * bucket and key is in it as it was when the scan came by, so it is good only together with the log
 * from `from` on, to `settle`'s group at least. Replaying that over it has to take for granted nothing
 * that the snapshot may have seen already: see docs/formats.md, "Index snapshot".
 *
 * Once it resolves, the snapshot survives a power cut, and has taken the place of the one before.
 * When it rejects, with the signal's reason, the reason of `settle` or the system's error, there is no
 * new snapshot; only when the very last step fails, syncing the directory, may either be found.
 * Not two at a time.
 */
export async function writeSnapshot(options: WriteSnapshotOptions): Promise<SnapshotResult> {
  const { files, directory, signal } = options;
  const unfinished = join(directory, UNFINISHED_SNAPSHOT_NAME);
  signal.throwIfAborted();
  let result: SnapshotResult;
  try {
    const file = await files.open(unfinished, { file: "replace", syncsEveryWrite: false });
    try {
      result = await writeContent(file, options);
    } finally {
      await file.close();
    }
    signal.throwIfAborted();
    await files.rename(unfinished, join(directory, SNAPSHOT_NAME));
  } catch (error) {
    await removeUnfinishedSnapshot(files, directory);
    throw error;
  }
  await files.syncDirectory(directory);
  return result;
}

/** Frees the space of a snapshot that was not finished, if there is one. A disk that refuses is let be: the next one overwrites it. */
export async function removeUnfinishedSnapshot(files: FilePort, directory: string): Promise<void> {
  try {
    await files.remove(join(directory, UNFINISHED_SNAPSHOT_NAME));
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

async function writeContent(
  file: OpenFile,
  options: WriteSnapshotOptions,
): Promise<SnapshotResult> {
  const { index, signal, storeId, from, firstSegment } = options;
  const header = { storeId, from, firstSegment, dropRevision: index.dropRevision };
  const { bytes: headerBytes, seed } = encodeSnapshotHeader(header);
  const output = new SyncedOutput(file);
  await output.write(headerBytes);
  const blocks = new BlockWriter(index, seed);
  const scan = new IndexScan(index, blocks, options.sliceItems);
  for (let isMore = true; isMore; ) {
    await options.turn();
    signal.throwIfAborted();
    isMore = scan.scanSlice();
    if (!isMore) blocks.finish();
    options.onProgress?.({ keys: blocks.counts.keys, ofKeys: index.keyCount });
    await output.write(blocks.finished());
    blocks.dropFinished();
  }
  signal.throwIfAborted();
  const endSequence = await options.settle();
  await output.write(encodeSnapshotFooter({ endSequence, ...blocks.counts }, seed));
  await file.sync();
  const { buckets, keys } = blocks.counts;
  return { endSequence, buckets, keys, fileBytes: output.lengthBytes };
}

/** A file that is written forwards, and of which the system never holds much that is not on the disk. */
class SyncedOutput {
  readonly #file: OpenFile;
  #syncedBytes = 0;
  lengthBytes = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writeFully(this.#file, bytes, this.lengthBytes);
    this.lengthBytes += bytes.length;
    if (this.lengthBytes - this.#syncedBytes < SYNC_EVERY_BYTES) return;
    await this.#file.sync();
    this.#syncedBytes = this.lengthBytes;
  }
}
