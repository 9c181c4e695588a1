import type { Cursor, Store } from "@kv/storage";
import * as v from "valibot";
import { nodeName, parsedJson, planId, planSchema, tableText } from "../moves/routing-schema.ts";
import { parseBucketName } from "../bucket-name.ts";
import type { MovedRecord } from "../moves/departing.ts";
import { systemBucket } from "./system-bucket.ts";

const moveId = v.pipe(v.string(), v.minLength(1));

const planRecord = v.strictObject({
  ...planSchema.entries,
  phase: v.picklist(["prepared", "adopted", "committed"]),
});
const movedRecord = v.strictObject({ to: nodeName, moveId, planId, isConfirmed: v.boolean() });
const arrivingRecord = v.strictObject({
  from: nodeName,
  moveId,
  lifetime: v.picklist(["kept", "transient"]),
  expiresAtMs: v.optional(v.pipe(v.number(), v.safeInteger())),
});

const fencedRecord = v.strictObject({ sinceMs: v.number() });

const formerTables = v.array(tableText);

/** The plan that a node takes part in, or took part in last. */
export type PlanRecord = v.InferOutput<typeof planRecord>;

/** A bucket that was given away. */
export type MovedEntry = v.InferOutput<typeof movedRecord>;

/** A bucket whose copy is on its way here. */
export type ArrivingEntry = v.InferOutput<typeof arrivingRecord>;

/** All that a node remembers of moves; buckets by their names in latin1. */
export interface PlacementRecords {
  plan: PlanRecord | undefined;
  /** The table of the last plan that was committed. */
  applied: v.InferOutput<typeof tableText> | undefined;
  /** The table that the node went by last, when that named another node. */
  inForce: v.InferOutput<typeof tableText> | undefined;
  /** The tables that it went by before, of which not all buckets may have moved. */
  former: v.InferOutput<typeof formerTables>;
  /** Clients may not write, since then. */
  fenced: v.InferOutput<typeof fencedRecord> | undefined;
  readonly moved: Map<string, MovedEntry>;
  readonly arriving: Map<string, ArrivingEntry>;
}

/** Keys of the system bucket: a bucket's name follows the colon. */
export const recordKey = {
  plan: Buffer.from("plan"),
  applied: Buffer.from("applied"),
  inForce: Buffer.from("in-force"),
  former: Buffer.from("former"),
  fenced: Buffer.from("fenced"),
  moved: (name: string) => Buffer.from(`moved:${name}`, "latin1"),
  arriving: (name: string) => Buffer.from(`arriving:${name}`, "latin1"),
};

/** Nothing to remember. */
export function noRecords(): PlacementRecords {
  return {
    plan: undefined,
    applied: undefined,
    inForce: undefined,
    former: [],
    fenced: undefined,
    moved: new Map(),
    arriving: new Map(),
  };
}

/** What was given away, by the names of the buckets. */
export function* movedIn({ moved }: Pick<PlacementRecords, "moved">): Generator<MovedRecord> {
  for (const [name, entry] of moved) {
    const bucket = parseBucketName(Buffer.from(name, "latin1"));
    if (bucket !== undefined) yield { bucket, ...entry };
  }
}

/** Reads what the node has written down; throws for what no version of it has written. */
export async function loadRecords(store: Store): Promise<PlacementRecords> {
  const records = noRecords();
  let cursor: Cursor | undefined;
  do {
    const { outcome } = await store.listKeys(systemBucket, { cursor });
    if (outcome.type === "no-bucket") return records;
    cursor = outcome.page.next;
    for (const { key } of outcome.page.entries) {
      const { outcome: found } = await store.get(systemBucket, key);
      if (found.type === "found") take(records, Buffer.from(key).toString("latin1"), found.value);
    }
  } while (cursor !== undefined);
  return records;
}

function take(records: PlacementRecords, key: string, value: Uint8Array): void {
  const json = parsedJson(Buffer.from(value).toString());
  const colon = key.indexOf(":");
  const name = key.slice(colon + 1);
  if (key === "plan") records.plan = v.parse(planRecord, json);
  else if (key === "applied") records.applied = v.parse(tableText, json);
  else if (key === "in-force") records.inForce = v.parse(tableText, json);
  else if (key === "fenced") records.fenced = v.parse(fencedRecord, json);
  else if (key === "former") records.former = v.parse(formerTables, json);
  else if (key.slice(0, colon) === "moved") records.moved.set(name, v.parse(movedRecord, json));
  else if (key.slice(0, colon) === "arriving") {
    records.arriving.set(name, v.parse(arrivingRecord, json));
  } else throw new Error(`a record of moves that is not known: ${key}`);
}
