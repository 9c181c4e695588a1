import type { Answer, Store } from "@kv/storage";
import { type BucketName, parseBucketName } from "../bucket-name.ts";
import type { Arrival, ArrivalsAtHome, ArrivingPart } from "../moves/served-moves.ts";
import type { MoveOutcome } from "../remote/move-request.ts";
import { answered, holds } from "./answered.ts";
import type { Notes } from "./notes.ts";
import { type PlacementRecords, recordKey } from "./records.ts";
import { nameKey } from "./system-bucket.ts";

/** What arrivals work with. */
export interface ArrivalsOptions {
  readonly store: () => Store | "none" | undefined;
  readonly notes: Notes;
  readonly records: () => Pick<PlacementRecords, "arriving" | "moved">;
  /** Whether a bucket that lies in the store is served from there. */
  readonly isServed: (bucket: BucketName) => boolean;
  /** Who serves what may be another one from now on. */
  readonly onChange: () => void;
}

/** The copies of buckets that are on their way here: each lies in the store under the bucket's own name, and is not served. */
export class Arrivals implements ArrivalsAtHome {
  readonly #options: ArrivalsOptions;
  /** The moves whose copies were given up here. */
  readonly #discarded = new Set<string>();

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  begin(arrival: Arrival): Answer<MoveOutcome> {
    const store = this.#options.store();
    if (store === undefined) return refused("its store is not open");
    if (store === "none") return refused("it stores nothing");
    const { bucket, from, moveId, lifetime, expiresAtMs, revisionFloor } = arrival;
    const name = nameKey(bucket);
    if (this.#options.isServed(bucket) && holds(store, bucket)) {
      return refused("it has a bucket of this name; drop one of the two");
    }
    const moved = this.#options.records().moved.get(name);
    if (moved !== undefined && !moved.isConfirmed && moved.to !== from) {
      return refused(`it has just given this bucket to ${moved.to}`);
    }
    store.raiseRevision(revisionFloor);
    answered(store.dropBucket(bucket));
    const entry = { from, moveId, lifetime, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
    this.#options.records().arriving.set(name, entry);
    this.#options.onChange();
    // After a crash it is there in any case, before what it is about.
    const written = this.#options.notes.write(recordKey.arriving(name), entry);
    if (lifetime === "transient") return { outcome: TAKEN, durable: written };
    answered(store.createBucket(bucket));
    const { durable } = answered(store.expire(bucket, undefined, expiresAtMs));
    return { outcome: TAKEN, durable: durable ?? written };
  }

  add({ bucket, moveId, fields, deletedKeys }: ArrivingPart): Answer<MoveOutcome> {
    const store = this.#options.store();
    const entry = this.#options.records().arriving.get(nameKey(bucket));
    if (store === undefined || store === "none" || entry?.moveId !== moveId) {
      return refused("it knows of no such move");
    }
    const isTransient = entry.lifetime === "transient";
    const put = answered(store.put(bucket, fields, { createsBucket: isTransient }));
    if (put.outcome.type !== "stored" && fields.length > 0) {
      return refused("the bucket's time is over");
    }
    if (isTransient) answered(store.expire(bucket, undefined, entry.expiresAtMs));
    const { durable } = answered(store.delete(bucket, deletedKeys));
    return { outcome: TAKEN, durable: durable ?? put.durable };
  }

  activate(bucket: BucketName, moveId: string): Answer<MoveOutcome> {
    const name = nameKey(bucket);
    if (this.#discarded.has(moveId)) return refused("it has given the copy up");
    if (this.#options.records().arriving.get(name)?.moveId !== moveId) {
      return { outcome: TAKEN, durable: this.#options.notes.durable };
    }
    this.#options.records().arriving.delete(name);
    this.#options.records().moved.delete(name);
    this.#options.onChange();
    // Both or none: a bucket that came back must not look as if it were given away.
    const durable = this.#options.notes.erase(recordKey.arriving(name), recordKey.moved(name));
    return { outcome: TAKEN, durable };
  }

  /** All copies, when nobody has anything left to move. */
  discardAll(): void {
    const store = this.#options.store();
    if (store === undefined || store === "none") return;
    for (const name of this.#options.records().arriving.keys()) {
      const bucket = parseBucketName(Buffer.from(name, "latin1"));
      if (bucket !== undefined) this.discard(bucket, store);
    }
  }

  /** A copy that nobody will finish. */
  discard(bucket: BucketName, store: Store): void {
    const name = nameKey(bucket);
    const entry = this.#options.records().arriving.get(name);
    // Its source must not take it for one that is served here.
    if (entry !== undefined) this.#discarded.add(entry.moveId);
    answered(store.dropBucket(bucket));
    this.#options.records().arriving.delete(name);
    this.#options.onChange();
    void this.#options.notes.erase(recordKey.arriving(name));
  }
}

const TAKEN: MoveOutcome = { type: "taken" };

function refused(reason: string): Answer<MoveOutcome> {
  return { outcome: { type: "refused", reason }, durable: undefined };
}
