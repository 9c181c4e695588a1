import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { StorageError } from "../../errors.ts";
import type { MaintenanceOptions } from "../../maintenance.ts";
import type { FilePort } from "../file-port.ts";
import { STORE_ID_BYTES } from "../format/store-id.ts";
import { nodeFiles } from "../node-files.ts";
import { SKIPPED_REVISIONS } from "../skip-revisions.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import { claimStore } from "./claim-store.ts";
import { copyReadable, type CopyReadableOptions, type CopyResult } from "./copy-readable.ts";
import { describeSalvage } from "./describe-salvage.ts";
import { examineStore } from "./examine-store.ts";
import { lookAtStore, type StoreSight } from "./look-at-store.ts";
import { type DamagedLog, readDamagedLog } from "./read-damaged-log.ts";
import { SalvageProgress } from "./salvage-progress.ts";
import type { SalvageReport } from "./salvage-report.ts";
import { prepareTarget, publishTarget } from "./salvage-target.ts";
import { SalvageWriter } from "./salvage-writer.ts";
import { reading, writing } from "./system-failures.ts";
import { usableSegments } from "./usable-segments.ts";

/** What {@link salvageStore} has to know. */
export interface SalvageStoreOptions extends MaintenanceOptions {
  /** The damaged store. Nothing in it is changed. */
  readonly directory: string;
  /** Where the new store goes: a directory that is not there yet, or is empty. */
  readonly target: string;
  /** The machine's own disk by default. */
  readonly files?: FilePort | undefined;
  /** Draws the identity of the new store: so many bytes, from a cryptographic source by default. */
  readonly drawBytes?: ((count: number) => Uint8Array) | undefined;
}

/**
 * Writes what can be read of a damaged store into a new one, without a node: every key whose value is proven
 * by its checksum, with its revision and its time. The new store is sealed and has been read back as a whole
 * before it gets its name. It has an identity of its own, and later mutations get higher revisions than any
 * the damaged one has given out.
 *
 * What is lost cannot be told exactly: a part of the log that is skipped may have held puts, which are lost,
 * and deletes, which are undone. The report says which parts.
 *
 * Takes memory for the index of all keys, and for one segment.
 *
 * Rejects with `STORAGE_LOCKED` while a node runs on it, with `STORAGE_INACCESSIBLE` when it is no store or
 * cannot be read, with `STORAGE_FORMAT`, with `STORAGE_SALVAGE_FAILED` when the new one cannot be written,
 * and with the reason of the signal.
 */
export function salvageStore(options: SalvageStoreOptions): Promise<SalvageReport> {
  const { files = nodeFiles, directory } = options;
  const target = resolve(options.target);
  return reading(directory, async () => {
    using _ = await claimStore(files, directory);
    return await salvage({ ...options, files, target });
  });
}

type Options = SalvageStoreOptions & { readonly files: FilePort };

async function salvage(options: Options): Promise<SalvageReport> {
  const { files, directory, target, drawBytes = randomBytes } = options;
  const sight = await lookAtStore({ files, directory });
  const usable = usableSegments(sight);
  const { segments } = usable;
  const place = await prepareTarget(files, directory, target);
  const { unfinished } = place;
  const progress = new SalvageProgress(segments, options);
  const pause = (segment: SurveyedSegment, readBytes: number): Promise<void> => {
    return progress.pause(segment, readBytes);
  };
  const storeId = drawBytes(STORE_ID_BYTES);
  const log = await readDamagedLog({ sight, segments, storeId, pause });
  const { index } = log;
  const firstSegment = Math.max(usable.firstSegment, log.firstSegment);
  index.lastRevision = lastRevision(sight, log);
  progress.nextPhase();
  const writer = await SalvageWriter.open({ files, directory: unfinished, target, storeId, index });
  const copied = await copyAll(writer, { sight, segments, log, firstSegment, pause });
  progress.nextPhase();
  await verify(files, unfinished, { target, progress });
  await publishTarget(files, place);
  const { bytes, keys } = writer;
  const kept = { buckets: index.bucketCount, keys, bytes, lastRevision: index.lastRevision };
  return describeSalvage({ sight, target, storeId, usable, log, copied, kept });
}

async function copyAll(
  writer: SalvageWriter,
  { log, ...rest }: { readonly log: DamagedLog } & Omit<CopyReadableOptions, "index" | "writer">,
): Promise<CopyResult> {
  try {
    const copied = await copyReadable({ ...rest, index: log.index, writer });
    await writer.finish();
    return copied;
  } finally {
    await writer.close();
  }
}

/** No lower than that of any mutation the damaged store has ever made. */
function lastRevision({ survey, seal }: StoreSight, { index }: DamagedLog): number {
  const said = survey.map(({ header }) => header?.lastRevision ?? 0);
  const read = Math.max(index.lastRevision, ...said);
  // Without a seal, as after a crash: clients may have seen revisions of which nothing is left.
  return seal === undefined ? read + SKIPPED_REVISIONS : Math.max(read, seal.lastRevision);
}

/** Reads the new store back. */
async function verify(
  files: FilePort,
  directory: string,
  { target, progress }: { readonly target: string; readonly progress: SalvageProgress },
): Promise<void> {
  const { findings, isSound } = await writing(target, () => {
    return examineStore({
      files,
      directory,
      signal: progress.signal,
      onProgress: (doneBytes, totalBytes) => progress.tell(doneBytes / Math.max(1, totalBytes)),
    });
  });
  if (isSound) return;
  const fault = findings.find(({ severity }) => severity === "damage");
  const reason = `what was written does not read well: "${fault?.path}", byte ${fault?.offsetBytes}: ${fault?.reason}`;
  throw new StorageError("STORAGE_SALVAGE_FAILED", { path: target, reason });
}
