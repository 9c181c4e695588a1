import { type FilePort, type ReadableFile, readFully } from "../file-port.ts";
import { isSystemError } from "../system-reason.ts";

/** The least that is given up: what disks read and write at once. */
const BLOCK_BYTES = 4096;

/** Bytes that the disk does not give. */
export interface UnreadableBytes {
  readonly path: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/**
 * The same files, but reading gives zeros in place of what the disk reports an input/output error for
 * (`EIO`), block by block, so that the rest can be read. The checksums know the difference.
 */
export function forgivingFiles(
  files: FilePort,
  onUnreadable: (bytes: UnreadableBytes) => void,
): FilePort {
  const openForReading = async (path: string): Promise<ReadableFile> => {
    const file = await files.openForReading(path);
    return forgivingFile(file, (offsetBytes, lengthBytes) => {
      onUnreadable({ path, offsetBytes, lengthBytes });
    });
  };
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = new Uint8Array(await files.size(path));
    const file = await openForReading(path);
    try {
      return bytes.subarray(0, await readFully(file, bytes, 0));
    } finally {
      await file.close();
    }
  };
  return {
    makeDirectory: (path) => files.makeDirectory(path),
    realPath: (path) => files.realPath(path),
    list: (path) => files.list(path),
    read,
    size: (path) => files.size(path),
    openForReading,
    open: (path, mode) => files.open(path, mode),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncDirectory: (path) => files.syncDirectory(path),
    lock: (path) => files.lock(path),
  };
}

function forgivingFile(
  file: ReadableFile,
  tell: (offsetBytes: number, lengthBytes: number) => void,
): ReadableFile {
  const read = async (into: Uint8Array, positionBytes: number): Promise<number> => {
    try {
      return await file.read(into, positionBytes);
    } catch (error) {
      if (!isSystemError(error, "EIO")) throw error;
    }
    // What comes back short is asked for again by the caller, so each bad block is found by halving.
    const blockBytes = Math.min(into.length, BLOCK_BYTES - (positionBytes % BLOCK_BYTES));
    if (into.length > blockBytes) {
      const half = Math.max(blockBytes, Math.floor(into.length / 2));
      return read(into.subarray(0, half), positionBytes);
    }
    into.fill(0);
    tell(positionBytes, blockBytes);
    return blockBytes;
  };
  return { read, close: () => file.close() };
}
