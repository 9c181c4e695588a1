import { type FileHandle, open, stat } from "node:fs/promises";
import { ApplicationError, isApplicationError, type OperatorContext } from "@kv/application";
import { base64Of } from "../byte-form.ts";
import { misuse } from "../misuse.ts";
import { typedPath } from "../typed-path.ts";
import { exportVersion } from "./export-line.ts";
import type { Exported, Resumed } from "./export-node.ts";
import { ExportScan, type ResumePoint, type ScannedExport } from "./export-scan.ts";
import { fileFailure, readPieces } from "./whole-file.ts";

/** What `export` answers when it has written a file. */
export interface ExportedFile extends Exported {
  readonly file: string;
  readonly bytes: number;
  /** Bytes that were there before: those of an export that was resumed. */
  readonly resumedAtBytes: number;
}

/** How the beginning of every export looks: enough to tell one from a file that is somebody's. */
const beginning = Buffer.from('{"type":"export","version":');

/**
 * The operator's part of `export`: writes what the node sends into a file, or to standard output.
 *
 * Whatever happens to either side, the file is the beginning of an export: `--resume` checks it, cuts off what is torn
 * and goes on behind its last checkpoint. When this resolves, the file is complete and on the disk.
 */
export async function exportBeside(context: OperatorContext): Promise<ExportedFile | undefined> {
  const path = typedPath(context, "file");
  if (path !== undefined && path !== "-") return await exportToFile(path, context);
  if (context.options.flag("resume")) throw misuse("only a file can be resumed");
  await context.call({ onItem: () => {}, onBytes: (bytes) => context.streams.write(bytes) });
  return undefined;
}

async function exportToFile(path: string, context: OperatorContext): Promise<ExportedFile> {
  const isResumed = context.options.flag("resume");
  try {
    const before = isResumed ? await scanFile(path, context) : undefined;
    if ((before?.version ?? 0) > exportVersion) {
      throw notResumable(
        path,
        `it has version ${before?.version}, this program has ${exportVersion}`,
      );
    }
    if (before?.isComplete === true && before.flaw === undefined) {
      const { sizeBytes: bytes, tally } = before;
      const { buckets, keys } = tally;
      return { file: path, buckets, keys, bytes, resumedAtBytes: bytes };
    }
    await using file = await openFile(path, before, context);
    return await fill(file, { path, before, context });
  } catch (error) {
    if (isApplicationError(error, "CONTROL_LOST")) throw resumable(path, error.message);
    throw fileFailure("write", path, error);
  }
}

interface Filling {
  readonly path: string;
  readonly before: ScannedExport | undefined;
  readonly context: OperatorContext;
}

async function fill(file: FileHandle, { path, before, context }: Filling): Promise<ExportedFile> {
  let at = 0;
  let resumedAtBytes = 0;
  const exported = await context.call({
    parameters: before?.node === undefined ? undefined : resumeParameters(before.node, before),
    // The first thing that comes: until then the file is as it was.
    onItem: async (item) => {
      at = pointIn(item, before)?.offsetBytes ?? 0;
      resumedAtBytes = at;
      await file.truncate(at);
    },
    onBytes: async (bytes) => {
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, from, bytes.length - from, at);
        from += bytesWritten;
        at += bytesWritten;
      }
    },
  });
  await file.sync();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node's part of this very command answers so
  const { buckets, keys } = exported as Exported;
  return { file: path, buckets, keys, bytes: at, resumedAtBytes };
}

function resumeParameters(node: string, { resume }: ScannedExport): unknown {
  const { latest, before } = resume ?? {};
  return { node, latest: latest && plain(latest), before: before && plain(before) };
}

/** As JSON can hold it. */
function plain({ bucket, offsetBytes: _offsetBytes, ...rest }: ResumePoint): object {
  return { ...rest, bucket: base64Of(bucket) };
}

/** The place that the node goes on from. */
function pointIn(item: unknown, before: ScannedExport | undefined): ResumePoint | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node's part of this very command prints it
  const { resumed } = item as Resumed;
  return resumed === "nowhere" ? undefined : before?.resume?.[resumed];
}

/** Reads what there is; `undefined` where there is nothing. A file that is no export is not to be cut, whatever was typed. */
export async function scanFile(
  path: string,
  { signal, progress }: OperatorContext,
): Promise<ScannedExport | undefined> {
  if (!(await exists(path))) return undefined;
  const scan = new ExportScan();
  let isFirst = true;
  for await (const piece of readPieces(path)) {
    signal.throwIfAborted();
    const head = Buffer.from(piece.subarray(0, beginning.length));
    if (isFirst && !beginning.subarray(0, head.length).equals(head)) {
      throw notResumable(path, "it is no export");
    }
    isFirst = false;
    scan.push(piece);
    progress(`Checked ${scan.wholeBytes.toLocaleString("en-US")} bytes of ${path}`);
  }
  return scan.end();
}

/** Opens what is written to: what was there `before`, or a file that is new unless the operator has said `--overwrite`. */
export async function openFile(
  path: string,
  before: ScannedExport | undefined,
  { options }: OperatorContext,
): Promise<FileHandle> {
  const isNew = before === undefined && !options.flag("overwrite");
  try {
    return await open(path, before === undefined ? (isNew ? "wx" : "w") : "r+", 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const isFolder = (await stat(path)).isDirectory();
    const reason = isFolder
      ? "it is a folder, not a file"
      : "the file is there; --resume goes on with it, --overwrite begins anew";
    throw new ApplicationError("COMMAND_FAILED", { action: `export to "${path}"`, reason });
  }
}

function notResumable(path: string, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action: `go on with "${path}"`, reason });
}

function resumable(path: string, reason: string): ApplicationError {
  const message = `${reason}; export "${path}" --resume goes on where it stopped`;
  return new ApplicationError("COMMAND_REMOTE", { message });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
