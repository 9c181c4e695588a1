import type { NodeName } from "@kv/cluster";
import { type Answer, MemoryStore } from "@kv/storage";
import type { BucketName } from "../../bucket-name.ts";
import type { MoveOutcome } from "../../remote/move-request.ts";
import { bucketNamed } from "../../remote/testing/any-part.ts";
import { compileRoutingTable, type RoutingTable } from "../../routing-table.ts";
import type { Changes, Departing, MovedRecord } from "../departing.ts";
import type { Misplaced, MovesAtHome } from "../mover.ts";
import type { AskedPlan, PlanOutcome, PlansAtHome, TablesAtHome } from "../routing-answers.ts";
import type { Arrival, ArrivalsAtHome, ArrivingPart } from "../served-moves.ts";

/** What moves and plans rest on at one node, in memory: for tests of whoever drives them. Its clients call `put` and `drop`. */
export class FakeHome implements MovesAtHome, PlansAtHome, ArrivalsAtHome {
  readonly store = new MemoryStore({ clock: () => 0 });
  readonly arriving = new Map<string, Arrival>();
  readonly records = new Map<string, MovedRecord>();
  /** What has waited while its bucket was held, when it went on. */
  readonly waited: string[] = [];
  plan: TablesAtHome["plan"];
  table: RoutingTable;
  refusesPlans: string | undefined;
  readonly #self: NodeName;
  readonly #departing = new Map<string, FakeDeparture>();

  constructor(self: NodeName, table: RoutingTable) {
    this.#self = self;
    this.table = table;
  }

  async put(name: string, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#departing.get(name)?.held;
    const entries = Object.entries(fields);
    const written = entries.map(([key, value]) => ({
      key: Buffer.from(key),
      value: Buffer.from(value),
    }));
    this.store.put(bucketNamed(name), written);
    for (const { key } of written) this.#departing.get(name)?.keys.push(key);
    this.waited.push(name);
  }

  drop(name: string): void {
    this.store.dropBucket(bucketNamed(name));
    const departing = this.#departing.get(name);
    if (departing !== undefined) departing.isDropped = true;
  }

  changeTime(name: string, expiresAtMs: number): void {
    this.store.expire(bucketNamed(name), undefined, expiresAtMs);
    const departing = this.#departing.get(name);
    if (departing !== undefined) departing.isBucketChanged = true;
  }

  create(name: string): void {
    this.store.createBucket(bucketNamed(name));
  }

  /** All that lies here under `name`, as text. */
  contents(name: string): Record<string, string> | undefined {
    const bucket = bucketNamed(name);
    const { outcome } = this.store.listKeys(bucket, { limit: 100_000 });
    if (outcome.type === "no-bucket") return undefined;
    const contents: Record<string, string> = {};
    for (const { key } of outcome.page.entries) {
      const { outcome: found } = this.store.get(bucket, key);
      if (found.type === "found") contents[text(key)] = text(found.value);
    }
    return contents;
  }

  tables(): TablesAtHome {
    const isAdopted = this.plan !== undefined && this.plan.phase !== "prepared";
    return {
      inForce: isAdopted ? (this.plan?.next ?? []) : this.table,
      origin: isAdopted ? "applied" : "configuration",
      plan: this.plan,
    };
  }

  prepare(plan: AskedPlan) {
    if (this.refusesPlans !== undefined) return refusedBy(this.refusesPlans);
    if (this.plan !== undefined && this.plan.phase !== "committed") {
      return this.plan.planId === plan.planId ? done : refusedBy("another plan is under way");
    }
    this.plan = { ...plan, phase: "prepared" };
    return done;
  }

  adopt(planId: string) {
    return this.#step(planId, "adopted");
  }

  commit(planId: string) {
    return this.#step(planId, "committed");
  }

  forget() {
    return { outcome: { type: "done" as const }, durable: undefined };
  }

  abandon(planId: string) {
    if (this.plan?.planId === planId && this.plan.phase === "prepared") this.plan = undefined;
    return done;
  }

  #step(planId: string, phase: "adopted" | "committed") {
    if (this.plan?.planId !== planId) return refusedBy("no such plan is under way");
    this.plan = { ...this.plan, phase };
    return done;
  }

  adoptedPlanId(): string | undefined {
    return this.plan?.phase === "adopted" ? this.plan.planId : undefined;
  }

  isServed(bucket: BucketName): boolean {
    return !this.arriving.has(text(bucket));
  }

  // oxlint-disable-next-line typescript/require-await -- an engine that is asked might take its time
  async *misplaced(): AsyncGenerator<Misplaced> {
    const owners = compileRoutingTable(this.tables().inForce, { self: this.#self, host: "lab" });
    const { outcome } = this.store.listBuckets({ limit: 100_000 });
    for (const { bucket: bytes } of outcome.page.entries) {
      const bucket = bucketNamed(bytes);
      const to = owners[bytes[0] ?? 0];
      if (to !== undefined && to !== this.#self && this.isServed(bucket)) yield { bucket, to };
    }
  }

  depart(bucket: BucketName, moveId: string): Departing | undefined {
    const name = text(bucket);
    if (this.records.has(name)) return undefined;
    const departing = new FakeDeparture(
      (to, planId) => {
        this.records.set(name, { bucket, to, moveId, planId, isConfirmed: false });
      },
      () => this.#departing.delete(name),
    );
    this.#departing.set(name, departing);
    return departing;
  }

  moved(): Iterable<MovedRecord> {
    return this.records.values();
  }

  async confirm(bucket: BucketName, moveId: string): Promise<void> {
    const record = this.records.get(text(bucket));
    if (record?.moveId !== moveId) return;
    this.records.set(text(bucket), { ...record, isConfirmed: true });
    this.store.dropBucket(bucket);
  }

  begin(arrival: Arrival): Answer<MoveOutcome> {
    const name = text(arrival.bucket);
    const isThere = this.store.describeBucket(arrival.bucket);
    const holds = "outcome" in isThere && isThere.outcome.type === "found";
    if (holds && !this.arriving.has(name)) return refusedBy("it has a bucket of this name");
    this.store.dropBucket(arrival.bucket);
    this.store.createBucket(arrival.bucket);
    this.store.expire(arrival.bucket, undefined, arrival.expiresAtMs);
    this.arriving.set(name, { ...arrival, bucket: bucketNamed(Uint8Array.from(arrival.bucket)) });
    return taken;
  }

  add({ bucket, moveId, fields, deletedKeys }: ArrivingPart): Answer<MoveOutcome> {
    if (this.arriving.get(text(bucket))?.moveId !== moveId) return refusedBy("no such move");
    this.store.put(bucket, fields);
    this.store.delete(bucket, deletedKeys);
    return taken;
  }

  activate(bucket: BucketName, moveId: string): Answer<MoveOutcome> {
    if (this.arriving.get(text(bucket))?.moveId === moveId) this.arriving.delete(text(bucket));
    this.records.delete(text(bucket));
    return taken;
  }
}

class FakeDeparture implements Departing {
  keys: Uint8Array[] = [];
  isDropped = false;
  isBucketChanged = false;
  held: Promise<void> | undefined;
  #release: (() => void) | undefined;
  readonly #complete: (to: NodeName, planId: string) => void;
  readonly #end: () => void;

  constructor(complete: (to: NodeName, planId: string) => void, end: () => void) {
    this.#complete = complete;
    this.#end = end;
  }

  takeChanges(): Changes {
    const { keys, isDropped, isBucketChanged } = this;
    this.keys = [];
    return { keys, isDropped, isBucketChanged };
  }

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    this.#release = resolve;
  }

  release(): void {
    this.#end();
    this.#release?.();
  }

  async complete(to: NodeName, planId: string): Promise<void> {
    this.#complete(to, planId);
  }
}

const taken: Answer<MoveOutcome> = { outcome: { type: "taken" }, durable: undefined };
const done: Answer<PlanOutcome> = { outcome: { type: "done" }, durable: undefined };

function refusedBy(reason: string): Answer<{ readonly type: "refused"; readonly reason: string }> {
  return { outcome: { type: "refused", reason }, durable: undefined };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
