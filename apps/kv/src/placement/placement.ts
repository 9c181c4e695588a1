import type { NodeName } from "@kv/cluster";
import type { Answer, Cursor, Store } from "@kv/storage";
import { type BucketName, parseBucketName } from "../bucket-name.ts";
import { emit } from "../events.ts";
import type { MovedRecord } from "../moves/departing.ts";
import type { Misplaced, MovesAtHome } from "../moves/mover.ts";
import {
  completed,
  type PlanOutcome,
  type PlansAtHome,
  type TablesAtHome,
  writtenPlan,
} from "../moves/routing-answers.ts";
import { textOf } from "../moves/routing-schema.ts";
import type { Arrival, ArrivalsAtHome, ArrivingPart } from "../moves/served-moves.ts";
import type { MoveOutcome } from "../remote/move-request.ts";
import {
  type CompiledRoutingTable,
  compileRoutingTable,
  type RoutingReader,
  type RoutingTable,
} from "../routing-table.ts";
import { Departure } from "./departure.ts";
import { loadRecords, noRecords, type PlacementRecords, recordKey } from "./records.ts";
import { isClientBucket, nameKey, systemBucket } from "./system-bucket.ts";

/** What a placement looks at. */
export interface PlacementOptions {
  readonly reader: RoutingReader;
  /** The table of the configuration, or the one that was put; another object each time it is set. */
  readonly configured: () => RoutingTable;
  /** `undefined` while it is not open; `"none"` for a node that never has one. */
  readonly store: () => Store | "none" | undefined;
  /** Tells the new owner of a bucket that it is that, before anything else is sent there in this turn. */
  readonly activate: (to: NodeName, bucket: BucketName, moveId: string) => void;
}

/** Where a bucket is served that this node has to do with. */
export type Place =
  | { readonly type: "own" }
  /** This node serves it, while it is on its way out. */
  | { readonly type: "departing"; readonly departure: Departure }
  /** Another node; with `activates` that has to be told first that it serves it. */
  | { readonly type: "node"; readonly node: NodeName; readonly activates?: string };

const OWN: Place = { type: "own" };

/**
 * Which node serves which bucket, as far as that is not the table's to say: what this node has given away, what is on its way out and
 * in, and the table that all nodes have agreed on. All of it is in the node's own store, and in memory.
 */
export class Placement implements MovesAtHome, PlansAtHome, ArrivalsAtHome {
  readonly #options: PlacementOptions;
  readonly #self: NodeName;
  readonly #departing = new Map<string, Departure>();
  #records: PlacementRecords = noRecords();
  #version: object = {};
  /** The configured table as it was when the applied one came into force: one that was put later beats that. */
  #baseline: RoutingTable;
  #previous: CompiledRoutingTable | undefined;
  #next: CompiledRoutingTable | undefined;
  #latestWrite: Promise<void> | undefined;

  constructor(options: PlacementOptions) {
    this.#options = options;
    this.#self = options.reader.self;
    this.#baseline = options.configured();
  }

  /** Compared by identity: another one each time when something is served by another node than before. */
  get version(): object {
    return this.#version;
  }

  /** Whether the table alone says who serves what. */
  get isQuiet(): boolean {
    const { moved, arriving } = this.#records;
    return (
      moved.size === 0 &&
      arriving.size === 0 &&
      this.#departing.size === 0 &&
      this.#previous === undefined &&
      this.#next === undefined
    );
  }

  /** The table in force. The same object until there is another one. */
  get table(): RoutingTable {
    const configured = this.#options.configured();
    return configured === this.#baseline ? (this.#applied ?? configured) : configured;
  }

  /** Reads what was written down, when the store has been opened and before anybody is served from it. */
  async load(store: Store): Promise<void> {
    this.#records = await loadRecords(store);
    this.#departing.clear();
    for (const [name, { isConfirmed }] of this.#records.moved) {
      // It was given away for good, and the end of the process came before the copy could go.
      const bucket = Buffer.from(name, "latin1");
      if (isConfirmed && !this.#records.arriving.has(name)) store.dropBucket(bucket);
    }
    this.#planChanged();
    this.#warnOfOtherTable();
  }

  /**
   * Where `bucket` is served, when a request for it comes by `hops`, the node where it began first. `owner` is who has it by the table
   * in force.
   */
  find(
    bucket: BucketName,
    {
      owner,
      hops,
      store,
    }: { owner: NodeName | undefined; hops: readonly NodeName[]; store: Store },
  ): Place | undefined {
    const name = nameKey(bucket);
    const arriving = this.#records.arriving.get(name);
    if (arriving !== undefined) {
      // What its source sends here itself shows that it does not hold the bucket, and gave nothing away: that would come first.
      if (hops.at(-1) !== arriving.from) return { type: "node", node: arriving.from };
      this.#discard(name, bucket, store);
    }
    const moved = this.#records.moved.get(name);
    if (moved !== undefined) {
      const { to: node, moveId, isConfirmed } = moved;
      return isConfirmed ? { type: "node", node } : { type: "node", node, activates: moveId };
    }
    const departure = this.#departing.get(name);
    if (departure !== undefined) return { type: "departing", departure };
    if (holds(store, bucket)) return OWN;
    if (owner === this.#self) return this.#ownOrPrevious(bucket, hops);
    if (owner === undefined) return undefined;
    const isNext = this.#next?.[bucket[0] ?? 0] === this.#self;
    return isNext && hops.includes(owner) ? OWN : { type: "node", node: owner };
  }

  /** A bucket that is not here yet may be at who had it by the table from before. */
  #ownOrPrevious(bucket: BucketName, hops: readonly NodeName[]): Place {
    const previous = this.#previous?.[bucket[0] ?? 0];
    if (previous === undefined || previous === this.#self || hops.includes(previous)) return OWN;
    return { type: "node", node: previous };
  }

  tables(): TablesAtHome {
    const isConfigured = this.#options.configured() === this.#baseline;
    const applied = this.#applied === undefined ? "configuration" : "applied";
    const origin = isConfigured ? applied : "put";
    return { inForce: this.table, origin, plan: this.#records.plan };
  }

  prepare(plan: Parameters<PlansAtHome["prepare"]>[0]): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId === plan.planId) return DONE;
    if (known !== undefined && known.phase !== "committed") {
      return refused(
        `a change to ${textOf(known.next)} is under way; \`routing apply\` finishes it`,
      );
    }
    return this.#setPlan({ ...plan, phase: "prepared" });
  }

  adopt(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return refused("it takes no part in this change");
    if (known.phase !== "prepared") return DONE;
    this.#baseline = this.#options.configured();
    return this.#setPlan({ ...known, phase: "adopted" });
  }

  abandon(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return DONE;
    if (known.phase !== "prepared") return refused("it goes by the table of this change already");
    this.#records.plan = undefined;
    this.#planChanged();
    const durable = this.#erase(recordKey.plan);
    return { outcome: { type: "done" }, durable };
  }

  commit(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return refused("it takes no part in this change");
    if (known.phase === "prepared") return refused("it does not go by the table of this change");
    this.#records.applied = known.next;
    this.#write(recordKey.applied, textOf(known.next));
    return this.#setPlan({ ...known, phase: "committed" });
  }

  adoptedPlanId(): string | undefined {
    const { plan } = this.#records;
    return plan?.phase === "adopted" ? plan.planId : undefined;
  }

  *moved(): Generator<MovedRecord> {
    for (const [name, { to, moveId, planId, isConfirmed }] of this.#records.moved) {
      const bucket = parseBucketName(Buffer.from(name, "latin1"));
      if (bucket !== undefined) yield { bucket, to, moveId, planId, isConfirmed };
    }
  }

  /** Whether a bucket that lies in the store is served from there. */
  isServed(bucket: Uint8Array): boolean {
    if (!isClientBucket(bucket)) return false;
    const name = nameKey(bucket);
    return !this.#records.arriving.has(name) && !this.#records.moved.has(name);
  }

  /** How many buckets of the store are not served from there. */
  hiddenIn(store: Store): number {
    const { arriving, moved } = this.#records;
    const names = new Set([...arriving.keys()]);
    for (const [name, { isConfirmed }] of moved) if (!isConfirmed) names.add(name);
    let hidden = holds(store, systemBucket) ? 1 : 0;
    for (const name of names) if (holds(store, Buffer.from(name, "latin1"))) hidden++;
    return hidden;
  }

  async *misplaced(): AsyncGenerator<Misplaced> {
    const store = this.#options.store();
    if (store === undefined || store === "none") return;
    let cursor: Cursor | undefined;
    do {
      const owners = compileRoutingTable(this.table, this.#options.reader);
      const { outcome } = await store.listBuckets({ cursor });
      cursor = outcome.page.next;
      for (const { bucket: bytes } of outcome.page.entries) {
        const to = owners[bytes[0] ?? 0];
        const bucket = parseBucketName(bytes);
        if (bucket === undefined || to === undefined || to === this.#self) continue;
        if (this.isServed(bucket)) yield { bucket, to };
      }
    } while (cursor !== undefined);
  }

  depart(bucket: BucketName, moveId: string): Departure | undefined {
    const store = this.#options.store();
    if (store === undefined || store === "none") return undefined;
    const name = nameKey(bucket);
    if (!this.isServed(bucket) || this.#departing.has(name) || !holds(store, bucket)) {
      return undefined;
    }
    const departure = new Departure({
      giveAway: async (to, planId) => {
        const record = { to, moveId, planId, isConfirmed: false };
        await this.#write(recordKey.moved(name), record);
        this.#records.moved.set(name, record);
        this.#departing.delete(name);
        this.#version = {};
        this.#options.activate(to, bucket, moveId);
      },
      end: () => {
        if (this.#departing.get(name) === departure) this.#departing.delete(name);
      },
    });
    this.#departing.set(name, departure);
    return departure;
  }

  async confirm(bucket: BucketName, moveId: string): Promise<void> {
    const name = nameKey(bucket);
    const record = this.#records.moved.get(name);
    const store = this.#options.store();
    if (record?.moveId !== moveId || store === undefined || store === "none") return;
    // A copy that is on its way back here lies under the same name.
    if (!this.#records.arriving.has(name)) store.dropBucket(bucket);
    const confirmed = { ...record, isConfirmed: true };
    this.#records.moved.set(name, confirmed);
    await this.#write(recordKey.moved(name), confirmed);
  }

  begin(arrival: Arrival): Answer<MoveOutcome> {
    const store = this.#options.store();
    if (store === undefined) return refused("its store is not open");
    if (store === "none") return refused("it stores nothing");
    const { bucket, from, moveId, lifetime, expiresAtMs, revisionFloor } = arrival;
    const name = nameKey(bucket);
    if (this.isServed(bucket) && holds(store, bucket)) {
      return refused("it has a bucket of this name; drop one of the two");
    }
    store.raiseRevision(revisionFloor);
    store.dropBucket(bucket);
    const entry = { from, moveId, lifetime, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
    this.#records.arriving.set(name, entry);
    this.#version = {};
    // After a crash it is there in any case, before what it is about.
    const written = this.#write(recordKey.arriving(name), entry);
    if (lifetime === "transient") return { outcome: TAKEN, durable: written };
    store.createBucket(bucket);
    const { durable } = at(store.expire(bucket, undefined, expiresAtMs));
    return { outcome: TAKEN, durable: durable ?? written };
  }

  add({ bucket, moveId, fields, deletedKeys }: ArrivingPart): Answer<MoveOutcome> {
    const store = this.#options.store();
    const entry = this.#records.arriving.get(nameKey(bucket));
    if (store === undefined || store === "none" || entry?.moveId !== moveId) {
      return refused("it knows of no such move");
    }
    const isTransient = entry.lifetime === "transient";
    const put = at(store.put(bucket, fields, { createsBucket: isTransient }));
    if (put.outcome.type !== "stored" && fields.length > 0) {
      return refused("the bucket's time is over");
    }
    if (isTransient) store.expire(bucket, undefined, entry.expiresAtMs);
    const { durable } = at(store.delete(bucket, deletedKeys));
    return { outcome: TAKEN, durable: durable ?? put.durable };
  }

  activate(bucket: BucketName, moveId: string): Answer<MoveOutcome> {
    const name = nameKey(bucket);
    if (this.#records.arriving.get(name)?.moveId !== moveId) {
      return { outcome: TAKEN, durable: this.#latestWrite };
    }
    this.#records.arriving.delete(name);
    this.#records.moved.delete(name);
    this.#version = {};
    // Both or none: a bucket that came back must not look as if it were given away.
    const durable = this.#erase(recordKey.arriving(name), recordKey.moved(name));
    return { outcome: TAKEN, durable };
  }

  get #applied(): RoutingTable | undefined {
    const { plan, applied } = this.#records;
    return plan === undefined || plan.phase === "prepared" ? applied : plan.next;
  }

  /** A copy that nobody will finish. */
  #discard(name: string, bucket: BucketName, store: Store): void {
    store.dropBucket(bucket);
    this.#records.arriving.delete(name);
    this.#version = {};
    void this.#erase(recordKey.arriving(name));
  }

  #setPlan(plan: NonNullable<PlacementRecords["plan"]>): Answer<PlanOutcome> {
    this.#records.plan = plan;
    this.#planChanged();
    return { outcome: { type: "done" }, durable: this.#write(recordKey.plan, writtenPlan(plan)) };
  }

  #planChanged(): void {
    const { plan } = this.#records;
    const { reader } = this.#options;
    this.#previous =
      plan?.phase === "adopted" ? compileRoutingTable(plan.previous, reader) : undefined;
    this.#next = plan?.phase === "prepared" ? compileRoutingTable(plan.next, reader) : undefined;
    this.#version = {};
  }

  #warnOfOtherTable(): void {
    const applied = this.#applied;
    if (applied === undefined) return;
    const configured = textOf(completed(this.#baseline, this.#options.reader));
    if (configured === textOf(applied)) return;
    const message = `goes by the routing table that was applied, ${textOf(applied)}, and not by that of its configuration, ${configured}; \`routing apply\` changes it`;
    emit({ level: "warn", type: "other-table", node: this.#self, message });
  }

  /** Resolves when it is durable; a node without a store remembers as long as it runs. */
  #write(key: Uint8Array, value: unknown): Promise<void> | undefined {
    const store = this.#options.store();
    if (store === undefined || store === "none") return undefined;
    store.createBucket(systemBucket);
    const { durable } = at(
      store.put(systemBucket, [{ key, value: Buffer.from(JSON.stringify(value)) }]),
    );
    this.#latestWrite = durable;
    return durable;
  }

  #erase(...keys: readonly Uint8Array[]): Promise<void> | undefined {
    const store = this.#options.store();
    if (store === undefined || store === "none") return undefined;
    const { durable } = at(store.delete(systemBucket, keys));
    this.#latestWrite = durable;
    return durable;
  }
}

const TAKEN: MoveOutcome = { type: "taken" };
const DONE: Answer<PlanOutcome> = { outcome: { type: "done" }, durable: undefined };

function refused(reason: string): Answer<{ readonly type: "refused"; readonly reason: string }> {
  return { outcome: { type: "refused", reason }, durable: undefined };
}

/** Buckets move where the engine answers at once; others share theirs among all nodes. */
function at<Outcome>(answering: Answer<Outcome> | Promise<Answer<Outcome>>): Answer<Outcome> {
  if ("outcome" in answering) return answering;
  throw new Error("an engine whose buckets move answers at once");
}

function holds(store: Store, bucket: Uint8Array): boolean {
  const answer = store.describeBucket(bucket);
  return "outcome" in answer && answer.outcome.type !== "no-bucket";
}
