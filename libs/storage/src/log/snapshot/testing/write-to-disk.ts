import type { KeyIndex } from "../../../key-index/key-index.ts";
import { SimulatedDisk } from "../../testing/simulated-disk.ts";
import { type LoadedSnapshot, loadSnapshot, type SnapshotReading } from "../load-snapshot.ts";
import {
  type SnapshotResult,
  writeSnapshot,
  type WriteSnapshotOptions,
} from "../write-snapshot.ts";
import { emptyIndex } from "./random-index.ts";

/** The id of the store that all snapshots of the tests are of. */
export const STORE_ID: Uint8Array = Uint8Array.from({ length: 16 }, (_, at) => at * 16);

/** Writes a snapshot of `index` to `/kv` of `disk`; whatever is not told is plain. */
export function writeToDisk(
  disk: SimulatedDisk,
  index: KeyIndex,
  options: Partial<WriteSnapshotOptions> = {},
): Promise<SnapshotResult> {
  const { lastRevision } = index;
  return writeSnapshot({
    files: disk,
    directory: "/kv",
    storeId: STORE_ID,
    index,
    from: { segment: 7, offsetBytes: 4096, sequence: 11, lastRevision },
    firstSegment: 3,
    turn: async () => {},
    settle: async () => 12,
    signal: new AbortController().signal,
    ...options,
  });
}

/** Loads the snapshot in `/kv` of `disk` into an {@link emptyIndex}. */
export function loadFromDisk(disk: SimulatedDisk, isHashWeak = false): Promise<SnapshotReading> {
  return loadSnapshot({ files: disk, directory: "/kv", makeIndex: () => emptyIndex(isHashWeak) });
}

/** As {@link loadFromDisk}, when it has to be there. */
export async function loadedFromDisk(
  disk: SimulatedDisk,
  isHashWeak = false,
): Promise<LoadedSnapshot> {
  const reading = await loadFromDisk(disk, isHashWeak);
  if (reading.type !== "snapshot") throw new Error(`No snapshot: ${JSON.stringify(reading)}`);
  return reading;
}

/** The content of `/kv/SNAPSHOT`. */
export function snapshotBytes(disk: SimulatedDisk): Uint8Array {
  const bytes = disk.files().get("/kv/SNAPSHOT");
  if (bytes === undefined) throw new Error("There is no snapshot");
  return bytes;
}

/** A disk with nothing on it but `bytes` for a snapshot. */
export function diskWith(bytes: Uint8Array): SimulatedDisk {
  return new SimulatedDisk([["/kv/SNAPSHOT", bytes]]);
}
