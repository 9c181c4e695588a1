import type { NodeName } from "@kv/cluster";
import type { Answer, Store } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { MovedRecord } from "../moves/departing.ts";
import type { Misplaced, MovesAtHome } from "../moves/mover.ts";
import type {
  AskedPlan,
  PlanOutcome,
  PlansAtHome,
  TablesAtHome,
} from "../moves/routing-answers.ts";
import { compileRoutingTable, type RoutingReader, type RoutingTable } from "../routing-table.ts";
import { answered, holds } from "./answered.ts";
import { Arrivals } from "./arrivals.ts";
import { AskedByNewOwners } from "./asked-by-new-owners.ts";
import type { Claim } from "./claims.ts";
import { Fence } from "./fence.ts";
import { Departure } from "./departure.ts";
import { type Hidden, hiddenIn } from "./hidden-in.ts";
import { misplacedIn } from "./misplaced-in.ts";
import { Notes } from "./notes.ts";
import { Plans } from "./plans.ts";
import { loadRecords, movedIn, noRecords, type PlacementRecords, recordKey } from "./records.ts";
import { isClientBucket, nameKey } from "./system-bucket.ts";

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
export class Placement implements MovesAtHome, PlansAtHome {
  /** What comes in. */
  readonly arrivals: Arrivals;
  /** What is asked by those who have a bucket by a newer table. */
  readonly asked: AskedByNewOwners;
  /** Whether clients may write. */
  readonly fence: Fence;
  readonly #options: PlacementOptions;
  readonly #self: NodeName;
  readonly #departing = new Map<string, Departure>();
  #records: PlacementRecords = noRecords();
  readonly #notes: Notes;
  readonly #plans: Plans;
  #version: object = {};

  constructor(options: PlacementOptions) {
    this.#options = options;
    this.#self = options.reader.self;
    this.#notes = new Notes(options.store);
    const parts = {
      ...options,
      notes: this.#notes,
      records: () => this.#records,
      onChange: () => {
        this.#version = {};
      },
    };
    this.fence = new Fence({ ...parts, self: this.#self });
    this.#plans = new Plans(parts);
    this.arrivals = new Arrivals({ ...parts, isServed: (bucket) => this.isServed(bucket) });
    this.asked = new AskedByNewOwners({
      ...parts,
      arrivals: this.arrivals,
      departing: this.#departing,
      forgetMove: (name) => this.#forgetMove(name),
    });
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
      this.#plans.previous === undefined &&
      this.#plans.next === undefined &&
      this.#plans.former.isEmpty
    );
  }

  /** The table in force. The same object until there is another one. */
  get table(): RoutingTable {
    return this.#plans.table;
  }

  /** Reads what was written down, when the store has been opened and before anybody is served from it. */
  async load(store: Store): Promise<void> {
    this.#records = await loadRecords(store);
    this.#departing.clear();
    for (const [name, { isConfirmed }] of this.#records.moved) {
      // It was given away for good, and the end of the process came before the copy could go.
      if (!isConfirmed || this.#records.arriving.has(name)) continue;
      answered(store.dropBucket(Buffer.from(name, "latin1")));
    }
    await this.#notes.whileLoading(store, () => this.#plans.load(this.#records));
    this.fence.announce();
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
  ): Place | Claim | undefined {
    const name = nameKey(bucket);
    const arriving = this.#records.arriving.get(name);
    if (arriving !== undefined) {
      // What its source sends here itself shows that it does not hold the bucket, and gave nothing away: that would come first.
      if (hops.at(-1) !== arriving.from) return { type: "node", node: arriving.from };
      this.arrivals.discard(bucket, store);
    }
    const moved = this.#records.moved.get(name);
    const former = this.#plans.former.ownersOf(bucket);
    if (moved !== undefined) {
      const { to: node, moveId, isConfirmed } = moved;
      if (!isConfirmed) return { type: "node", node, activates: moveId };
      if (!hops.includes(node)) return { type: "node", node };
      // It was sent on from there: because the bucket was dropped, or before the node had got it. Only that node can tell.
      return { type: "claim", asked: owner === this.#self ? [node, ...former] : [node] };
    }
    const departure = this.#departing.get(name);
    if (departure !== undefined) return { type: "departing", departure };
    if (holds(store, bucket)) return OWN;
    if (owner === undefined) return undefined;
    if (owner === this.#self || hops.includes(owner)) {
      const previous = this.#previousOwner(bucket, hops);
      if (previous !== undefined) return { type: "node", node: previous };
    }
    if (owner === this.#self && former.length > 0) return { type: "claim", asked: former };
    if (owner === this.#self) return hops.length > 0 && !this.isQuiet ? this.#cameBack() : OWN;
    const isNext = this.#plans.next?.[bucket[0] ?? 0] === this.#self;
    return isNext && hops.includes(owner) ? this.#cameBack() : { type: "node", node: owner };
  }

  /**
   * This node serves a bucket that it may be about to make, and that it has asked others for until now: what is still on its way there
   * and back must not be overtaken.
   */
  #cameBack(): Place {
    this.#version = {};
    return OWN;
  }

  /** A bucket that is not here yet may be at who had it by any of the tables from before, if that one was not asked yet. */
  #previousOwner(bucket: BucketName, hops: readonly NodeName[]): NodeName | undefined {
    for (const owners of this.#plans.previous ?? []) {
      const owner = owners[bucket[0] ?? 0];
      if (owner !== undefined && owner !== this.#self && !hops.includes(owner)) return owner;
    }
    return undefined;
  }

  #forgetMove(name: string): void {
    this.#records.moved.delete(name);
    this.#version = {};
    void this.#notes.erase(recordKey.moved(name));
  }

  tables(): TablesAtHome {
    return this.#plans.tables();
  }

  prepare(plan: AskedPlan): Answer<PlanOutcome> {
    return this.#plans.prepare(plan);
  }

  adopt(planId: string): Answer<PlanOutcome> {
    return this.#plans.adopt(planId);
  }

  abandon(planId: string): Answer<PlanOutcome> {
    return this.#plans.abandon(planId);
  }

  forget(node: NodeName): Answer<PlanOutcome> {
    return this.#plans.forget(node);
  }

  commit(planId: string): Answer<PlanOutcome> {
    const isNews = this.#plans.adoptedPlanId === planId;
    const answer = this.#plans.commit(planId);
    // All has moved: what is half here was dropped at its source meanwhile.
    if (isNews && answer.outcome.type === "done") this.arrivals.discardAll();
    return answer;
  }

  adoptedPlanId(): string | undefined {
    return this.#plans.adoptedPlanId;
  }

  moved(): Iterable<MovedRecord> {
    return movedIn(this.#records);
  }

  /** Whether a bucket that lies in the store is served from there. */
  isServed(bucket: Uint8Array): boolean {
    if (!isClientBucket(bucket)) return false;
    const name = nameKey(bucket);
    return !this.#records.arriving.has(name) && !this.#records.moved.has(name);
  }

  /** What was given away under the plan that is being carried out. */
  leftUnderPlan(): readonly Misplaced[] {
    const now = this.adoptedPlanId();
    return now === undefined ? [] : [...this.moved()].filter(({ planId }) => planId === now);
  }

  /** Who may have buckets yet although the table in force does not say so. */
  get previousOwners(): Iterable<NodeName> {
    const { previous = [], former } = this.#plans;
    const owners = [...previous.flat(), ...former.nodes].filter((node) => node !== undefined);
    return new Set(owners.filter((node) => node !== this.#self));
  }

  /** What lies in the store and is not served from there. */
  hiddenIn(store: Store): Hidden {
    return hiddenIn(store, this.#records);
  }

  misplaced(): AsyncGenerator<Misplaced> {
    const { store, reader } = this.#options;
    return misplacedIn(store(), {
      self: this.#self,
      owners: () => compileRoutingTable(this.#records.plan?.next ?? [], reader),
      isServed: (bucket) => this.isServed(bucket),
    });
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
        await this.#notes.write(recordKey.moved(name), record);
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
    if (!this.#records.arriving.has(name)) answered(store.dropBucket(bucket));
    const confirmed = { ...record, isConfirmed: true };
    this.#records.moved.set(name, confirmed);
    await this.#notes.write(recordKey.moved(name), confirmed);
  }
}
