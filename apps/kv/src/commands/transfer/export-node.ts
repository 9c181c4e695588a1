import { ApplicationError, type NodeContext } from "@kv/application";
import type { GetOutcome, ListedKey, ListOptions } from "@kv/storage";
import * as v from "valibot";
import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import type { NodeKv } from "../../kv.ts";
import { quoteBytes } from "../../quote-bytes.ts";
import { parseBase64 } from "../byte-form.ts";
import { settled } from "../settled.ts";
import { type BucketStart, bucketsInOrder } from "./buckets-in-order.ts";
import { exportVersion, type Tally } from "./export-line.ts";
import { ExportWriter } from "./export-writer.ts";
import { exportValueLimitBytes } from "./line-splitter.ts";

/** Values that are read at a time: some, so that a disk is kept busy; few, since each may have 64 MiB. */
const readsAtOnce = 8;

/**
 * A page of keys has about so many bytes of values: a checkpoint can stand between two pages only. How large values are is
 * found out on the way, from few keys on.
 */
const pageBytes = 1024 * 1024;
const firstPageKeys = 16;
const pageKeysLimit = 1000;

const action = "export";

const tally = { buckets: v.number(), keys: v.number(), crc32: v.number() };

const bucketName = v.pipe(
  v.string(),
  v.transform((text) => parseBucketName(parseBase64(text) ?? new Uint8Array())),
  v.custom<BucketName>((name) => name !== undefined),
);

const point = v.object({
  ...tally,
  bucket: bucketName,
  place: v.variant("type", [
    v.object({ type: v.literal("within"), opening: v.string(), cursor: v.string() }),
    v.object({ type: v.picklist(["before", "after"]) }),
  ]),
});

const parameters = v.optional(
  v.object({ node: v.string(), latest: v.optional(point), before: v.optional(point) }),
);

type Point = v.InferOutput<typeof point>;

/** Which of the places that it was offered an export goes on from: the one item that it prints, before any bytes. */
export interface Resumed {
  readonly resumed: "latest" | "before" | "nowhere";
}

/** What came of an export. */
export type Exported = Omit<Tally, "crc32">;

/** The node's part of `export`: sends the lines as bytes. */
export async function exportFromNode(context: NodeContext<NodeKv>): Promise<Exported> {
  const { api: kv, print, progress } = context;
  const resume = v.parse(parameters, context.parameters);
  const { resumed, point: from } = choosePoint(resume, kv);
  await print({ resumed } satisfies Resumed);
  const writer = new ExportWriter(from ?? { buckets: 0, keys: 0, crc32: 0 }, context.send);
  const total = totalKeys(kv);
  const transfer: Transfer = {
    kv,
    writer,
    signal: context.signal,
    onPage: () => progress(`Exported ${writer.keys.toLocaleString("en-US")}${total} keys`),
  };
  if (from === undefined) {
    await writer.write({ type: "export", version: exportVersion, node: kv.node });
  } else if (from.place.type === "within") {
    await exportKeys(transfer, from.bucket, { from: from.place.cursor });
  }
  for await (const bucket of bucketsInOrder(kv, startAfter(from))) {
    await exportBucket(transfer, bucket);
  }
  await writer.writeMark({ type: "end" });
  await writer.flush();
  return { buckets: writer.buckets, keys: writer.keys };
}

interface ChosenPoint extends Resumed {
  readonly point: Point | undefined;
}

/** A cursor outlives no opening of the store: then the bucket is begun anew. */
function choosePoint(offered: v.InferOutput<typeof parameters>, kv: NodeKv): ChosenPoint {
  const { node = kv.node, latest, before } = offered ?? {};
  if (node !== kv.node) {
    const reason = `it was begun on node "${node}", and this is "${kv.node}"`;
    throw new ApplicationError("COMMAND_FAILED", { action: "go on with the export", reason });
  }
  if (latest === undefined) return { resumed: "nowhere", point: undefined };
  const { place } = latest;
  const isGood = place.type !== "within" || place.opening === kv.storeOpening();
  if (isGood) return { resumed: "latest", point: latest };
  if (before === undefined) throw new Error("a cursor stands behind no bucket");
  return { resumed: "before", point: before };
}

function startAfter(from: Point | undefined): BucketStart | undefined {
  if (from === undefined) return undefined;
  return { name: from.bucket, isIncluded: from.place.type === "before" };
}

/** ` of 1,000`, where the engine counts its keys. */
export function totalKeys(kv: NodeKv): string {
  const keys = kv.statistics()?.["keys"];
  return typeof keys === "number" ? ` of ${keys.toLocaleString("en-US")}` : "";
}

/** What is on its way from a store into an export. */
export interface Transfer {
  readonly kv: NodeKv;
  readonly writer: ExportWriter;
  readonly signal: AbortSignal;
  readonly onPage: () => void;
}

/** What of a bucket was exported before: keys up to this revision are as they were, and their values need not be read. */
interface ExportedBefore {
  readonly from?: string | undefined;
  readonly sameUpTo?: number | undefined;
}

/** One that was dropped, or has expired, since it was listed is passed over. */
async function exportBucket(transfer: Transfer, bucket: BucketName): Promise<void> {
  const { kv, writer } = transfer;
  const described = await settled(action, () => kv.describeBucket(bucket));
  if (described.type === "no-bucket") return;
  const { revision, expiresAtMs, lifetime } = described;
  await writer.write({ type: "bucket", bucket, revision, expiresAtMs, lifetime });
  await exportKeys(transfer, bucket);
}

/** Writes the keys of a bucket. */
export async function exportKeys(
  { kv, writer, signal, onPage }: Transfer,
  bucket: BucketName,
  { from, sameUpTo }: ExportedBefore = {},
): Promise<void> {
  const opening = kv.storeOpening();
  let cursor = asCursor(from);
  let limit = firstPageKeys;
  do {
    signal.throwIfAborted();
    if (kv.storeOpening() !== opening) throw interrupted();
    const options = { cursor, limit };
    const listed = await settled(action, () => kv.listKeys(bucket, options));
    // Dropped meanwhile, or expired: what was exported of it is what was there.
    if (listed.type === "no-bucket") return;
    const changed: ListedKey[] = [];
    for (const entry of listed.page.entries) {
      if (sameUpTo !== undefined && Number(entry.revision) <= sameUpTo) {
        const { key, revision } = entry;
        await writer.write({ type: "same", bucket, key, revision });
      } else changed.push(entry);
    }
    const bytes = await exportPage({ kv, writer, bucket }, changed);
    limit = nextLimit(limit, bytes);
    cursor = listed.page.next;
    onPage();
    if (writer.wantsCheckpoint) {
      await writer.writeMark({ type: "checkpoint", opening, bucket, cursor });
    }
  } while (cursor !== undefined);
}

function nextLimit(limit: number, bytes: number): number {
  const fitting = Math.floor((limit * pageBytes) / Math.max(1, bytes));
  return Math.max(1, Math.min(fitting, 4 * limit, pageKeysLimit));
}

/** Writes the keys of a page; answers with the bytes of their values. */
async function exportPage(
  { kv, writer, bucket }: Pick<Transfer, "kv" | "writer"> & { readonly bucket: BucketName },
  entries: readonly ListedKey[],
): Promise<number> {
  let bytes = 0;
  for (let at = 0; at < entries.length; at += readsAtOnce) {
    const some = entries.slice(at, at + readsAtOnce);
    const outcomes = await Promise.all(
      some.map(({ key }) => settled<GetOutcome>(action, () => kv.get(bucket, key))),
    );
    for (const [index, outcome] of outcomes.entries()) {
      const key = some[index]?.key;
      if (outcome.type !== "found" || key === undefined) continue;
      const { value, revision, expiresAtMs } = outcome;
      if (value.length > exportValueLimitBytes) throw tooLong(key, value);
      bytes += value.length;
      await writer.write({ type: "key", bucket, key, value, revision, expiresAtMs });
    }
  }
  return bytes;
}

function tooLong(key: Uint8Array, value: Uint8Array): ApplicationError {
  const reason = `the value of ${quoteBytes(key)} has ${value.length} bytes, a line holds ${exportValueLimitBytes}`;
  return new ApplicationError("COMMAND_FAILED", { action, reason });
}

function interrupted(): ApplicationError {
  const reason = "the store was opened anew meanwhile; --resume goes on";
  return new ApplicationError("COMMAND_FAILED", { action, reason });
}

function asCursor(text: string | undefined): ListOptions["cursor"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was one when this very store wrote it down
  return text as ListOptions["cursor"];
}
