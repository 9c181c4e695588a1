import { join } from "node:path";
import { emit } from "../events.ts";
import { cutName, segmentName } from "./file-names.ts";
import { type FilePort, writeFully } from "./file-port.ts";
import type { Flaw } from "./flaw.ts";

/** A log whose tail a crash has torn. */
export interface TornLog {
  readonly files: FilePort;
  readonly directory: string;
  /** The names of all entries of the directory. */
  readonly names: readonly string[];
  /** The numbers of its segments, in order. */
  readonly segments: readonly number[];
}

/**
 * Cuts off everything from `flaw` on and keeps it in files beside, each told of by a `tail-cut`
 * event. Nothing that was acknowledged is lost by this unless a bit has flipped in the last group,
 * which looks the same: therefore it is kept, and therefore it is said aloud.
 *
 * The caller syncs the last segment and the directory before anything is written. Interrupted
 * anywhere, the next start finds a torn tail again.
 */
export async function cutTail(log: TornLog, flaw: Flaw): Promise<void> {
  for (const segment of log.segments.toReversed()) {
    if (segment > flaw.segment) await cutSegment(log, segment, 0);
    if (segment === flaw.segment) await cutSegment(log, segment, flaw.offsetBytes);
  }
}

async function cutSegment(log: TornLog, segment: number, offsetBytes: number): Promise<void> {
  const { files, directory } = log;
  const path = join(directory, segmentName(segment));
  const tail = (await files.read(path)).subarray(offsetBytes);
  // A file that was made and never written to.
  if (tail.length === 0) return files.remove(path);
  const keptIn = join(directory, cutName(segment, offsetBytes, log.names));
  if (offsetBytes === 0) {
    await files.rename(path, keptIn);
  } else {
    await writeAside(files, keptIn, tail);
    await files.syncDirectory(directory);
    const file = await files.open(path, { file: "existing", syncsEveryWrite: false });
    try {
      await file.truncate(offsetBytes);
    } finally {
      await file.close();
    }
  }
  const bytes = tail.length;
  const message = `Cut ${bytes} bytes of an interrupted write off "${path}", kept in "${keptIn}"`;
  emit({ level: "warn", type: "tail-cut", message, path: directory, bytes, keptIn });
}

async function writeAside(files: FilePort, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, { file: "new", syncsEveryWrite: false });
  try {
    await writeFully(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
