import type { BucketName } from "../../bucket-name.ts";
import { nameKey } from "../../placement/system-bucket.ts";
import { encodeLine, type ExportLine, parseLine } from "./export-line.ts";
import { LineSplitter } from "./line-splitter.ts";
import { readPieces } from "./whole-file.ts";

/** The line of a bucket. */
export type BucketLine = Extract<ExportLine, { readonly type: "bucket" }>;

/** A bucket as an earlier export has it: its line, and the revision of each key. */
export interface FormerBucket {
  readonly line: BucketLine;
  readonly revisions: Map<string, string>;
}

/** The lines that bytes are made of. Throws an `Error` for what is none: the file was checked before. */
export async function* linesIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ExportLine> {
  const splitter = new LineSplitter();
  for await (const piece of pieces) {
    for (const bytes of splitter.push(piece)) yield lineOf(bytes);
  }
}

/** A line of bytes that a program of ours has written. */
export function lineOf(bytes: Uint8Array): ExportLine {
  const { buffer, byteOffset, length } = bytes;
  const parsed = parseLine(Buffer.from(buffer, byteOffset, length).toString("utf8"));
  if (parsed.type === "flawed")
    throw new Error(`a line of an export cannot be read: ${parsed.reason}`);
  return parsed.line;
}

/** The lines of the buckets in an export, without those of their keys, as bytes. */
export async function* bucketLinesIn(path: string): AsyncGenerator<Uint8Array> {
  for await (const line of linesIn(readPieces(path))) {
    if (line.type === "bucket") yield Buffer.from(encodeLine(line));
  }
}

/** The buckets of an export, one at a time: no more than the keys of one are in memory. */
export async function* formerBuckets(path: string): AsyncGenerator<FormerBucket> {
  let current: FormerBucket | undefined;
  for await (const line of linesIn(readPieces(path))) {
    if (line.type === "bucket") {
      if (current !== undefined) yield current;
      current = { line, revisions: new Map() };
    } else if (line.type === "key")
      current?.revisions.set(nameKey(line.key), String(line.revision));
  }
  if (current !== undefined) yield current;
}

/**
 * Goes along something that is in the order of the buckets' names, beside something else that is. What it is asked for has to be asked
 * for in that order, too.
 */
export class Beside<Item> implements AsyncDisposable {
  readonly #items: AsyncIterator<Item>;
  readonly #bucketOf: (item: Item) => BucketName;
  #next: Promise<IteratorResult<Item>> | undefined;

  constructor(items: AsyncIterable<Item>, bucketOf: (item: Item) => BucketName) {
    this.#items = items[Symbol.asyncIterator]();
    this.#bucketOf = bucketOf;
  }

  /** All before `bucket`, or all that are left. */
  async *before(bucket: BucketName | undefined): AsyncGenerator<Item> {
    for (let item = await this.#peek(); item !== undefined; item = await this.#peek()) {
      if (bucket !== undefined && Buffer.compare(this.#bucketOf(item), bucket) >= 0) return;
      this.#next = undefined;
      yield item;
    }
  }

  /** The one for `bucket`, if it comes next. */
  async at(bucket: BucketName): Promise<Item | undefined> {
    const item = await this.#peek();
    if (item === undefined || Buffer.compare(this.#bucketOf(item), bucket) !== 0) return undefined;
    this.#next = undefined;
    return item;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#items.return?.();
  }

  async #peek(): Promise<Item | undefined> {
    this.#next ??= this.#items.next();
    const next = await this.#next;
    return next.done === true ? undefined : next.value;
  }
}
