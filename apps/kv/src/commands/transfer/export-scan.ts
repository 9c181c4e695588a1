import { isDeepStrictEqual } from "node:util";
import { crc32 } from "node:zlib";
import type { BucketName } from "../../bucket-name.ts";
import { deltaVersion, type ExportLine, parseLine, type Tally } from "./export-line.ts";
import { LineSplitter } from "./line-splitter.ts";

/** A place in an export from which it can go on: everything before `offsetBytes` is as it was written. */
export interface ResumePoint extends Tally {
  readonly offsetBytes: number;
  readonly bucket: BucketName;
  /** `within`: behind the keys before `cursor`. `before`: the bucket's own line comes next. `after`: the next bucket. */
  readonly place:
    | { readonly type: "within"; readonly opening: string; readonly cursor: string }
    | { readonly type: "before" | "after" };
}

/** What is known of an export when it has been read to its end. */
export interface ScannedExport {
  /** The node it was taken of; `undefined` when the first line is no header. */
  readonly node: string | undefined;
  readonly sizeBytes: number;
  /** Up to the last line feed, or the end of a last line of a bucket or key that lacks no more than that. */
  readonly wholeBytes: number;
  /** Its end line is there, and nothing follows. */
  readonly isComplete: boolean;
  /** What its header says; `undefined` when there is none. */
  readonly version: number | undefined;
  /** What is wrong with it: a checksum that does not hold, a version that is not read. */
  readonly flaw: string | undefined;
  readonly tally: Tally;
  /** Where it can go on: the last checkpoint, and the beginning of the bucket that this one stands in. */
  readonly resume:
    | { readonly latest: ResumePoint; readonly before: ResumePoint | undefined }
    | undefined;
}

/** Longest line that is looked into, in bytes: those of keys and values may be long, and are of no interest here. */
const markLimitBytes = 16 * 1024;

/** How the lines begin that are looked into. A line that begins otherwise is a key's, or somebody else's. */
const MARK = /^\{"type":"(?:export|bucket|checkpoint|end)"/u;
const KEY = Buffer.from('{"type":"key"');

/** Reads an export as it passes by, a piece at a time, and finds out whether it is whole. */
export class ExportScan {
  readonly #lines = new LineSplitter();
  #node: string | undefined;
  #version: number | undefined;
  #flaw: string | undefined;
  #sizeBytes = 0;
  #wholeBytes = 0;
  #buckets = 0;
  #keys = 0;
  #crc32 = 0;
  #isComplete = false;
  #latest: ResumePoint | undefined;
  /** Before the line of the bucket that was begun last. */
  #before: ResumePoint | undefined;
  /** That of the bucket which the last checkpoint stands in. */
  #beforeLatest: ResumePoint | undefined;

  push(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    for (const line of this.#lines.push(bytes)) this.#take(line);
  }

  /** Of all whole lines so far. */
  get tally(): Tally {
    return { buckets: this.#buckets, keys: this.#keys, crc32: this.#crc32 };
  }

  /** Up to the last line feed so far. */
  get wholeBytes(): number {
    return this.#wholeBytes;
  }

  end(): ScannedExport {
    const latest = this.#latest;
    const isComplete = this.#isComplete && this.#wholeBytes === this.#sizeBytes;
    this.#takeRest();
    return {
      node: this.#node,
      sizeBytes: this.#sizeBytes,
      wholeBytes: this.#wholeBytes,
      isComplete,
      version: this.#version,
      flaw: this.#flaw,
      tally: this.tally,
      resume: latest === undefined ? undefined : { latest, before: this.#beforeLatest },
    };
  }

  /** An object of JSON is whole when its last brace is there; checkpoints and the end count only with their line feed. */
  #takeRest(): void {
    const rest = this.#lines.rest();
    const parsed = rest.length === 0 ? undefined : parseLine(Buffer.from(rest).toString("utf8"));
    if (parsed?.type !== "line") return;
    const { type } = parsed.line;
    if (type === "key" || type === "bucket") this.#take(rest);
  }

  #take(bytes: Uint8Array): void {
    if (this.#isComplete) this.#flaw ??= "something follows its end";
    const mark = markIn(bytes);
    if (mark !== undefined) this.#takeMark(mark);
    else if (KEY.equals(bytes.subarray(0, KEY.length))) this.#keys++;
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#wholeBytes += bytes.length;
    if (mark?.type === "checkpoint" && this.#flaw === undefined) this.#takeCheckpoint(mark);
  }

  /** `mark` stands at the end of what has been read so far. */
  #takeMark(mark: ExportLine): void {
    if (mark.type === "export") {
      this.#node ??= mark.node;
      this.#version ??= mark.version;
      if (mark.version > deltaVersion) {
        this.#flaw ??= `it has version ${mark.version}, this program reads ${deltaVersion}`;
      }
    } else if (mark.type === "bucket") {
      this.#before = this.#pointAt(mark.bucket, { type: "before" });
      this.#buckets++;
    } else if (mark.type === "checkpoint" || mark.type === "end") {
      if (!isDeepStrictEqual(tallyOf(mark), this.tally)) {
        this.#flaw ??= `what stands before byte ${this.#wholeBytes} is not what was written`;
      }
      this.#isComplete = mark.type === "end";
    }
  }

  #takeCheckpoint({ bucket, opening, cursor }: Extract<ExportLine, { type: "checkpoint" }>): void {
    const place =
      cursor === undefined
        ? ({ type: "after" } as const)
        : ({ type: "within", opening, cursor } as const);
    this.#latest = this.#pointAt(bucket, place);
    this.#beforeLatest = this.#before;
  }

  #pointAt(bucket: BucketName, place: ResumePoint["place"]): ResumePoint {
    return { offsetBytes: this.#wholeBytes, ...this.tally, bucket, place };
  }
}

function tallyOf({ buckets, keys, crc32: checksum }: Tally): Tally {
  return { buckets, keys, crc32: checksum };
}

function markIn(bytes: Uint8Array): ExportLine | undefined {
  if (bytes.length > markLimitBytes) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  if (!MARK.test(text)) return undefined;
  const parsed = parseLine(text);
  return parsed.type === "line" ? parsed.line : undefined;
}
