import { ByteMap, type Placed } from "./byte-map.ts";
import { hasLapsed } from "./lapse.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";

/** A key that was put and not deleted. It may have lapsed: whoever reads asks the clock. */
export interface Entry extends Placed {
  /** Never written to once it is here, so that it may be handed out. */
  value: Uint8Array;
  revision: MutationNumber;
  expiresAtMs: number | undefined;
}

/** One incarnation of a bucket: dropped and created anew, a name gets a new one. */
export interface Bucket extends Placed {
  /** The mutation that created it. */
  readonly id: MutationNumber;
  readonly name: Uint8Array;
  readonly keys: ByteMap<Entry>;
  /** The latest mutation of the bucket or of one of its keys. */
  revision: MutationNumber;
  /** The latest mutation that bears on whether the bucket is there: its creation or its expiry. */
  standingRevision: MutationNumber;
  /** The latest mutation that removed a key; 0 for none. */
  removalRevision: number;
  expiresAtMs: number | undefined;
}

/** Everything a store holds. Only `applyMutation` changes it; a log that was replayed may skip revisions. */
export interface Tables {
  /** By name. */
  readonly buckets: ByteMap<Bucket>;
  readonly bucketsById: Map<number, Bucket>;
  /** The latest mutation of all, or the latest revision that was skipped; 0 for none. */
  lastRevision: number;
  /** The latest drop of a bucket; 0 for none. */
  dropRevision: number;
  /** What the next new bucket or key gets. */
  nextOrdinal: number;
}

/** The tables of a store to which nothing has happened yet. */
export function emptyTables(): Tables {
  return {
    buckets: new ByteMap(),
    bucketsById: new Map(),
    lastRevision: 0,
    dropRevision: 0,
    nextOrdinal: 0,
  };
}

/** The number the next mutation gets. */
export function nextRevision(tables: Tables): MutationNumber {
  return mutationNumber(tables.lastRevision + 1);
}

/** The bucket called `name`, unless it has lapsed. */
export function findBucket(tables: Tables, name: Uint8Array, nowMs: number): Bucket | undefined {
  const bucket = tables.buckets.get(name);
  return bucket === undefined || hasLapsed(bucket, nowMs) ? undefined : bucket;
}

/** The entry of `key`, unless it has lapsed. */
export function findEntry(bucket: Bucket, key: Uint8Array, nowMs: number): Entry | undefined {
  const entry = bucket.keys.get(key);
  return entry === undefined || hasLapsed(entry, nowMs) ? undefined : entry;
}

/** The bucket with this id. Throws when there is none: whoever has an id has it from these tables. */
export function bucketById(tables: Tables, id: number): Bucket {
  const bucket = tables.bucketsById.get(id);
  if (bucket === undefined) throw new Error(`No bucket has the id ${id}`);
  return bucket;
}

/**
 * The mutation on which "there is no bucket called `name`" rests: the one that let it lapse, or else
 * the latest drop of any bucket, which may have been this one.
 */
export function absenceRestsOn(tables: Tables, name: Uint8Array): number {
  return tables.buckets.get(name)?.standingRevision ?? tables.dropRevision;
}

/** How many keys there are, lapsed ones among them. */
export function countKeys(tables: Tables): number {
  return tables.bucketsById.values().reduce((count, bucket) => count + bucket.keys.size, 0);
}
