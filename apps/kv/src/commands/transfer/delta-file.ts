import type { FileHandle } from "node:fs/promises";
import { ApplicationError, type OperatorContext } from "@kv/application";
import { nameKey } from "../../placement/system-bucket.ts";
import { misuse } from "../misuse.ts";
import { typedPath } from "../typed-path.ts";
import { deltaVersion, type ExportLine } from "./export-line.ts";
import { openFile, scanFile } from "./export-file.ts";
import type { ScannedExport } from "./export-scan.ts";
import { ExportWriter } from "./export-writer.ts";
import type { DeltaParameters } from "./delta-node.ts";
import {
  Beside,
  bucketLinesIn,
  type FormerBucket,
  formerBuckets,
  lineOf,
} from "./former-buckets.ts";
import { LineSplitter } from "./line-splitter.ts";
import { fileFailure } from "./whole-file.ts";

/** What `export --since` has written. */
export interface ExportedDelta {
  readonly file: string;
  readonly since: string;
  readonly buckets: number;
  readonly keys: number;
  /** Buckets that are gone, and keys of others. */
  readonly dropped: number;
  readonly deleted: number;
  readonly bytes: number;
  /** Always 0: a delta is written anew. */
  readonly resumedAtBytes: number;
}

/**
 * The operator's part of `export --since`: compares what the node sends with the earlier export, and writes what is to be done to
 * have the one come of the other. The earlier one is read twice, from its beginning to its end, with the keys of one bucket at a time in memory.
 */
export async function exportDeltaBeside(
  since: string,
  context: OperatorContext,
): Promise<ExportedDelta> {
  const path = typedPath(context, "file");
  if (path === undefined || path === "-") throw misuse("a delta is written to a file");
  if (context.options.flag("resume")) {
    throw misuse("a delta is not resumed; --overwrite begins it anew");
  }
  try {
    return await exportDeltaToFile(path, since, context);
  } catch (error) {
    throw fileFailure("write", path, error);
  }
}

async function exportDeltaToFile(
  path: string,
  since: string,
  context: OperatorContext,
): Promise<ExportedDelta> {
  const former = judged(since, await scanFile(since, context));
  await using file = await openFile(path, undefined, context);
  let bytes = 0;
  const delta = new DeltaFile(formerBuckets(since), async (piece) => {
    bytes += await append(file, piece);
  });
  await delta.begin(former.node, former.tally.crc32);
  const lines = new LineSplitter();
  await context.call({
    parameters: { sinceExportOf: former.node } satisfies DeltaParameters,
    input: bucketLinesIn(since),
    onItem: () => {},
    onBytes: async (piece) => {
      for (const line of lines.push(piece)) await delta.take(lineOf(line));
    },
  });
  const counts = await delta.end();
  await file.sync();
  return { file: path, since, ...counts, bytes, resumedAtBytes: 0 };
}

async function append(file: FileHandle, bytes: Uint8Array): Promise<number> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from);
    from += bytesWritten;
  }
  return bytes.length;
}

function judged(
  path: string,
  scanned: ScannedExport | undefined,
): ScannedExport & { readonly node: string } {
  if (scanned === undefined) throw unusable(path, "there is no such file");
  const { node, version, flaw, isComplete } = scanned;
  if (flaw !== undefined) throw unusable(path, `it is damaged: ${flaw}`);
  if (node === undefined || version === deltaVersion) throw unusable(path, "it is no whole export");
  if (!isComplete) throw unusable(path, "it has no end; export --resume finishes it");
  return { ...scanned, node };
}

function unusable(path: string, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action: `compare with "${path}"`, reason });
}

/** Writes a delta while the node's lines come in. */
class DeltaFile {
  readonly #former: Beside<FormerBucket>;
  readonly #writer: ExportWriter;
  /** The bucket whose keys come in, and what is left of those that it had. */
  #current: Extract<ExportLine, { type: "bucket" }> | undefined;
  #left = new Map<string, string>();
  #dropped = 0;
  #droppedLast: Uint8Array = new Uint8Array();
  #deleted = 0;

  constructor(former: AsyncIterable<FormerBucket>, send: (bytes: Uint8Array) => Promise<void>) {
    this.#former = new Beside(former, ({ line }) => line.bucket);
    this.#writer = new ExportWriter({ buckets: 0, keys: 0, crc32: 0 }, send);
  }

  async begin(node: string, since: number): Promise<void> {
    await this.#writer.write({ type: "export", version: deltaVersion, node, since });
  }

  async take(line: ExportLine): Promise<void> {
    if (line.type === "drop") {
      await this.#finishBucket();
      // With it goes what it had.
      await this.#keysBefore(line.bucket);
      this.#dropped++;
      this.#droppedLast = line.bucket;
      await this.#writer.write(line);
    } else if (line.type === "bucket") {
      await this.#finishBucket();
      this.#left = await this.#keysBefore(line.bucket);
      // It is there anew.
      if (Buffer.compare(this.#droppedLast, line.bucket) === 0) this.#dropped--;
      this.#droppedLast = new Uint8Array();
      this.#current = line;
      await this.#writer.write(line);
    } else if (line.type === "key" || line.type === "same") {
      const name = nameKey(line.key);
      const revision = this.#left.get(name);
      this.#left.delete(name);
      if (revision === String(line.revision)) return;
      if (line.type === "same")
        throw new Error("the node knows a key that the earlier export has not");
      await this.#writer.write(line);
    }
  }

  async end(): Promise<Pick<ExportedDelta, "buckets" | "keys" | "dropped" | "deleted">> {
    await this.#finishBucket();
    await this.#former[Symbol.asyncDispose]();
    await this.#writer.writeMark({ type: "end" });
    await this.#writer.flush();
    const { buckets, keys } = this.#writer;
    return { buckets, keys, dropped: this.#dropped, deleted: this.#deleted };
  }

  /** The keys that the bucket had; none when it was not there, or was dropped. */
  async #keysBefore(bucket: FormerBucket["line"]["bucket"]): Promise<Map<string, string>> {
    for await (const _ of this.#former.before(bucket)) {
      // As it was: nothing is sent of it.
    }
    const found = await this.#former.at(bucket);
    return found?.revisions ?? new Map();
  }

  /** What was not named is gone. */
  async #finishBucket(): Promise<void> {
    if (this.#current === undefined) return;
    const { bucket } = this.#current;
    for (const key of this.#left.keys()) {
      this.#deleted++;
      await this.#writer.write({ type: "delete", bucket, key: Buffer.from(key, "latin1") });
    }
    this.#current = undefined;
    this.#left = new Map();
  }
}
