import { ApplicationError, type NodeContext, unixTimeMs } from "@kv/application";
import type { Field } from "@kv/storage";
import * as v from "valibot";
import type { BucketName } from "../../bucket-name.ts";
import { KvError } from "../../errors.ts";
import type { NodeKv } from "../../kv.ts";
import type { Served } from "../../remote/later.ts";
import { base64Of, parseBase64 } from "../byte-form.ts";
import { deltaVersion, type ExportLine, parseLine } from "./export-line.ts";
import { lastBucket } from "./import-progress.ts";
import { LineSplitter } from "./line-splitter.ts";

/** A batch is acknowledged when it has so many lines, or bytes. */
const batchLines = 1000;
const batchBytes = 1024 * 1024;

/** Keys of one bucket are put together, so many or with values of so many bytes: each put may be a trip to a cluster and back. */
const putKeys = 64;
const putBytes = 256 * 1024;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const parameters = v.optional(
  v.object({
    node: v.string(),
    bytes: count,
    lines: count,
    buckets: count,
    keys: count,
    skipped: count,
    removed: v.optional(count, 0),
    bucket: v.optional(lastBucket),
  }),
);

/** How far an import has come: everything up to `bytes` and `lines` is durable. Printed after each batch. */
export interface Acknowledged {
  /** The node that says so. */
  readonly node: string;
  readonly bytes: number;
  readonly lines: number;
  readonly buckets: number;
  readonly keys: number;
  /** Keys whose bucket had expired by the time they came. */
  readonly skipped: number;
  /** Buckets and keys that a delta has removed. */
  readonly removed: number;
  readonly bucket: v.InferOutput<typeof lastBucket> | undefined;
}

/** The node's part of `import`: carries out the lines that come in, in their order. */
export async function importIntoNode(context: NodeContext<NodeKv>): Promise<Acknowledged> {
  const { api: kv, input, signal } = context;
  const from = v.parse(parameters, context.parameters);
  if (from !== undefined && from.node !== kv.node) {
    const reason = `it was begun on node "${from.node}", and this is "${kv.node}"`;
    throw new ApplicationError("COMMAND_FAILED", { action: "go on with the import", reason });
  }
  const run = new ImportRun(kv, from);
  const splitter = new LineSplitter();
  for await (const piece of input) {
    for (const line of splitter.push(piece)) {
      await run.take(line);
      if (run.isBatchFull) await context.print(await run.acknowledge());
    }
    signal.throwIfAborted();
  }
  const rest = splitter.rest();
  if (rest.length > 0) await run.take(rest);
  const last = await run.acknowledge();
  await context.print(last);
  return last;
}

/** Keys that wait to be put together. */
interface Gathered {
  bucket: BucketName | undefined;
  readonly fields: Field[];
  bytes: number;
}

function nothingGathered(): Gathered {
  return { bucket: undefined, fields: [], bytes: 0 };
}

/** The lines of an import, one after the other, and what is still on its way to the disk. */
class ImportRun {
  readonly #kv: NodeKv;
  #state: Acknowledged;
  readonly #durable = new Set<Promise<void>>();
  #batchLines = 0;
  #batchBytes = 0;
  /** Whether the transient bucket that was read last has been given its time since, by this run. */
  #isTimed = false;
  #gathered = nothingGathered();

  constructor(kv: NodeKv, from: v.InferOutput<typeof parameters>) {
    const counts = { lines: 0, buckets: 0, keys: 0, skipped: 0, removed: 0 };
    const nothing = { bytes: 0, ...counts, bucket: undefined };
    this.#kv = kv;
    this.#state = { ...nothing, ...from, bucket: from?.bucket, node: kv.node };
  }

  get isBatchFull(): boolean {
    return this.#batchLines >= batchLines || this.#batchBytes >= batchBytes;
  }

  /** Carries out a line, or remembers it for the next acknowledgement at the latest; it is durable when that has come. */
  async take(bytes: Uint8Array): Promise<void> {
    const lines = this.#state.lines + 1;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
    const parsed = parseLine(text);
    if (parsed.type === "flawed") {
      await this.#guarded(lines - 1, () => this.#putGathered());
      throw flawed(lines, parsed.reason);
    }
    await this.#carryOut(parsed.line, lines);
    this.#state = { ...this.#state, lines, bytes: this.#state.bytes + bytes.length };
    this.#batchLines++;
    this.#batchBytes += bytes.length;
  }

  /** Resolves when all that was taken is durable. */
  async acknowledge(): Promise<Acknowledged> {
    await this.#guarded(this.#state.lines, () => this.#putGathered());
    const state = this.#state;
    const durable = [...this.#durable];
    this.#durable.clear();
    this.#batchLines = 0;
    this.#batchBytes = 0;
    await Promise.all(durable);
    return state;
  }

  async #carryOut(line: ExportLine, number: number): Promise<void> {
    await this.#guarded(number, async () => {
      if (line.type === "key") return await this.#takeKey(line);
      await this.#putGathered();
      if (line.type === "bucket") await this.#takeBucket(line);
      else if (line.type === "drop" || line.type === "delete") await this.#remove(line);
      else if (line.type === "same") throw flawed(number, "it says that there is nothing to do");
      else if (line.type === "export" && line.version > deltaVersion) {
        throw flawed(number, `it has version ${line.version}, this node reads ${deltaVersion}`);
      }
    });
  }

  async #guarded(number: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof KvError) throw flawed(number, error.message);
      throw error;
    }
  }

  async #takeBucket({
    bucket,
    expiresAtMs,
    lifetime,
  }: Extract<ExportLine, { type: "bucket" }>): Promise<void> {
    const isTransient = lifetime === "transient";
    // A transient one comes with its first key; one that is there has its time changed all the same.
    const wasThere =
      isTransient || (await this.#done(this.#kv.createBucket(bucket))).type === "exists";
    if (expiresAtMs !== undefined || wasThere) {
      await this.#done(this.#kv.expire(bucket, undefined, expiresAtMs));
    }
    const last = {
      name: base64Of(bucket),
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      ...(isTransient ? { lifetime: "transient" as const } : {}),
    };
    this.#isTimed = false;
    this.#state = { ...this.#state, buckets: this.#state.buckets + 1, bucket: last };
  }

  async #takeKey(line: Extract<ExportLine, { type: "key" }>): Promise<void> {
    const { bucket, key, value, expiresAtMs } = line;
    const { bucket: before, fields, bytes } = this.#gathered;
    const isOther = before === undefined || Buffer.compare(before, bucket) !== 0;
    const isFull = fields.length >= putKeys || bytes + value.length > putBytes;
    if (isOther || isFull) await this.#putGathered();
    this.#gathered.bucket = bucket;
    this.#gathered.fields.push({ key, value, expiresAtMs });
    this.#gathered.bytes += value.length;
  }

  async #putGathered(): Promise<void> {
    const { bucket, fields } = this.#gathered;
    this.#gathered = nothingGathered();
    if (bucket === undefined) return;
    const last = this.#lastNamed(bucket);
    const isOver = last?.expiresAtMs !== undefined && last.expiresAtMs <= unixTimeMs();
    let put = await this.#done(this.#kv.put(bucket, fields));
    // A bucket that came with a time that is over: its keys must not bring it back.
    const isMissing = put.type === "no-bucket" && !isOver;
    if (isMissing) {
      const createsBucket = last?.lifetime === "transient";
      // A file made by hand need not have lines of buckets.
      if (!createsBucket) await this.#done(this.#kv.createBucket(bucket));
      put = await this.#done(this.#kv.put(bucket, fields, { createsBucket }));
    }
    if (last?.lifetime === "transient" && (isMissing || !this.#isTimed)) {
      // It may have come by a key of a run that was broken off before the time was set.
      await this.#done(this.#kv.expire(bucket, undefined, last.expiresAtMs));
      this.#isTimed = true;
    }
    const { keys, skipped } = this.#state;
    if (put.type === "stored") this.#state = { ...this.#state, keys: keys + fields.length };
    else this.#state = { ...this.#state, skipped: skipped + fields.length };
  }

  /** What is gone by a delta; it may be gone here, too. */
  async #remove(line: Extract<ExportLine, { type: "drop" | "delete" }>): Promise<void> {
    const { type } =
      line.type === "drop"
        ? await this.#done(this.#kv.dropBucket(line.bucket))
        : await this.#done(this.#kv.delete(line.bucket, [line.key]));
    if (type !== "dropped" && type !== "deleted") return;
    this.#state = { ...this.#state, removed: this.#state.removed + 1 };
  }

  /** What the line of a bucket that was read last says, if it is this one. */
  #lastNamed(bucket: Uint8Array): Acknowledged["bucket"] {
    const last = this.#state.bucket;
    const name = last === undefined ? undefined : parseBase64(last.name);
    return name !== undefined && Buffer.compare(name, bucket) === 0 ? last : undefined;
  }

  /** The outcome, at once where the store can; what it rests on is waited for with the batch. */
  async #done<Outcome>(answering: Served<Outcome>): Promise<Outcome> {
    const { outcome, durable } = "outcome" in answering ? answering : await answering;
    if (durable !== undefined) this.#rememberDurable(durable);
    return outcome;
  }

  #rememberDurable(durable: Promise<void>): void {
    if (this.#durable.has(durable)) return;
    this.#durable.add(durable);
    // It is waited for later; until then its failure has nobody to hear of it.
    durable.catch(() => {});
  }
}

function flawed(line: number, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action: `import line ${line}`, reason });
}
