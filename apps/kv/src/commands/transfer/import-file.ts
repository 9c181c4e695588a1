import { stat } from "node:fs/promises";
import { ApplicationError, isApplicationError, type OperatorContext } from "@kv/application";
import { crc32 } from "node:zlib";
import { requiredPath } from "../typed-path.ts";
import { ExportScan, type ScannedExport } from "./export-scan.ts";
import type { Acknowledged } from "./import-node.ts";
import {
  type ImportProgress,
  readProgress,
  removeProgress,
  writeProgress,
} from "./import-progress.ts";
import { fileFailure, readPieces } from "./whole-file.ts";

/** What `import` answers. */
export interface Imported
  extends Pick<Acknowledged, "buckets" | "keys" | "skipped" | "removed" | "lines"> {
  readonly file: string;
  /** Lines that were in the store already: those of an import that was resumed. */
  readonly resumedAtLine: number;
  /** Bytes behind the last line feed of an incomplete file, which were left out. */
  readonly cutBytes: number;
}

/**
 * The operator's part of `import`: checks the file, then sends it, and keeps beside it how far the node has it durably.
 *
 * Nothing is sent of a file that is damaged, nor, without `--incomplete`, of one that is cut. Whatever happens to either
 * side, `--resume` goes on behind the last line that was acknowledged and noted; lines that are sent again do no harm.
 */
export async function importBeside(context: OperatorContext): Promise<Imported> {
  const file = requiredPath(context, "file");
  if (file === "-") return await importStream(context);
  try {
    return await importFile(file, context);
  } catch (error) {
    if (!isApplicationError(error, "CONTROL_LOST")) throw fileFailure("import", file, error);
    const message = `${error.message}; import "${file}" --resume goes on where it stopped`;
    throw new ApplicationError("COMMAND_REMOTE", { message });
  }
}

async function importFile(file: string, context: OperatorContext): Promise<Imported> {
  const kept = context.options.flag("resume") ? await readProgress(file) : undefined;
  const scanned = await scanFile(file, kept, context);
  judge(file, scanned, context);
  const notes = new ProgressNotes(file, kept);
  const startBytes = kept?.bytes ?? 0;
  const endBytes = scanned.wholeBytes;
  const { type: _type, version: _version, crc32: _crc32, ...from } = kept ?? noProgress;
  const last = await context.call({
    parameters: kept === undefined ? undefined : from,
    input: notes.watch(readPieces(file, { startBytes, endBytes })),
    onItem: async (item) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node's part of this very command prints it
      const acknowledged = item as Acknowledged;
      await notes.take(acknowledged);
      const percent = Math.floor((100 * acknowledged.bytes) / Math.max(1, endBytes));
      context.progress(`Imported ${percent} % of ${file}`);
    },
  });
  await removeProgress(file);
  const cutBytes = scanned.sizeBytes - scanned.wholeBytes;
  return { ...answer(file, last), resumedAtLine: kept?.lines ?? 0, cutBytes };
}

const noProgress: Partial<ImportProgress> = {};

/** Standard input can be read only once: what is wrong with it is found when most of it is imported. */
async function importStream(context: OperatorContext): Promise<Imported> {
  const scan = new ExportScan();
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of context.streams.input) {
      scan.push(piece);
      yield piece;
    }
  }
  const last = await context.call({ input: watched(), onItem: () => {} });
  judge("-", scan.end(), context);
  return { ...answer("-", last), resumedAtLine: 0, cutBytes: 0 };
}

function answer(file: string, last: unknown): Omit<Imported, "resumedAtLine" | "cutBytes"> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node's part of this very command answers so
  const { buckets, keys, skipped, removed, lines } = last as Acknowledged;
  return { file, buckets, keys, skipped, removed, lines };
}

/** Reads all of it, and makes sure that it still begins with what was imported. */
async function scanFile(
  file: string,
  kept: ImportProgress | undefined,
  { signal, progress }: OperatorContext,
): Promise<ScannedExport> {
  const { size } = await stat(file);
  const scan = new ExportScan();
  const prefix = new PrefixCheck(kept?.bytes ?? 0);
  for await (const piece of readPieces(file)) {
    signal.throwIfAborted();
    scan.push(piece);
    prefix.push(piece);
    progress(`Checked ${Math.floor((100 * scan.wholeBytes) / Math.max(1, size))} % of ${file}`);
  }
  if (kept !== undefined && prefix.crc32 !== kept.crc32) {
    throw refusal(file, "it is not the file whose import was begun; leave --resume out");
  }
  return scan.end();
}

/** Refuses what is damaged, or cut. */
function judge(
  file: string,
  { node, flaw, isComplete, tally }: ScannedExport,
  { options }: OperatorContext,
): void {
  if (flaw !== undefined) throw refusal(file, `it is damaged: ${flaw}`);
  if (isComplete || options.flag("incomplete")) return;
  if (node === undefined) {
    throw refusal(file, "it is no export; --incomplete takes lines that were written by hand");
  }
  const there = `${tally.keys.toLocaleString("en-US")} keys are there`;
  const wayOut = "finish it by export --resume, or import what there is by --incomplete";
  throw refusal(file, `it has no end: ${there}; ${wayOut}`);
}

function refusal(file: string, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action: `import "${file}"`, reason });
}

/** The checksum of the first so many bytes. */
class PrefixCheck {
  #left: number;
  #crc32 = 0;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** All ones, which no progress has, when there were fewer. */
  get crc32(): number {
    return this.#left === 0 ? this.#crc32 : -1;
  }

  push(piece: Uint8Array): void {
    const part = piece.subarray(0, this.#left);
    this.#crc32 = crc32(part, this.#crc32);
    this.#left -= part.length;
  }
}

/** Notes beside the file what the node has acknowledged, with the checksum of what was sent until there. */
class ProgressNotes {
  readonly #file: string;
  readonly #sent: Uint8Array[] = [];
  /** Of the bytes up to `#checkedBytes`. */
  #crc32: number;
  #checkedBytes: number;

  constructor(file: string, kept: ImportProgress | undefined) {
    this.#file = file;
    this.#crc32 = kept?.crc32 ?? 0;
    this.#checkedBytes = kept?.bytes ?? 0;
  }

  /** Remembers what passes by until it is acknowledged. */
  async *watch(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#sent.push(piece);
      yield piece;
    }
  }

  async take({ node, bytes, bucket, ...acknowledged }: Acknowledged): Promise<void> {
    this.#advance(bytes);
    const { lines, buckets, keys, skipped, removed } = acknowledged;
    const tally = { lines, buckets, keys, skipped, removed };
    await writeProgress(this.#file, {
      type: "import-progress",
      version: 1,
      node,
      bytes,
      crc32: this.#crc32,
      ...tally,
      bucket,
    });
  }

  #advance(bytes: number): void {
    while (this.#checkedBytes < bytes) {
      const piece = this.#sent.shift();
      if (piece === undefined) throw new Error("the node acknowledges what was not sent");
      const part = piece.subarray(0, bytes - this.#checkedBytes);
      this.#crc32 = crc32(part, this.#crc32);
      this.#checkedBytes += part.length;
      if (part.length < piece.length) this.#sent.unshift(piece.subarray(part.length));
    }
  }
}
