import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyIndex, NEVER } from "../key-index/key-index.ts";
import { type MutationNumber, mutationNumber } from "../state/mutation-number.ts";
import type { Lifetime } from "../store.ts";
import { COPY_START_BYTES, ENTRY_OVERHEAD_BYTES, PUT_START_BYTES } from "./format/field.ts";
import { GROUP_HEADER_BYTES } from "./format/group-header.ts";
import type { LogRecord } from "./format/log-record.ts";
import type { LogPosition } from "./log-position.ts";
import { LogReplay } from "./log-replay.ts";
import { describeIndex } from "./testing/describe-index.ts";
import { LogBuilder, payloadOf, pathOf, STORE_ID } from "./testing/log-builder.ts";

/** What a store may go through. Numbers choose among what there is. */
type Happening =
  | { readonly type: "create"; readonly name: number; readonly lifetime: Lifetime }
  | { readonly type: "drop" | "keep"; readonly name: number }
  | { readonly type: "put" | "delete"; readonly name: number; readonly key: number }
  | {
      readonly type: "expire-key";
      readonly name: number;
      readonly key: number;
      readonly at: number;
    }
  | { readonly type: "expire-bucket"; readonly name: number; readonly at: number }
  | { readonly type: "end-group" | "new-segment" | "compact" | "begin-snapshot" | "end-snapshot" }
  | { readonly type: "visit"; readonly choice: number };

interface ModelKey {
  readonly key: number;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
  readonly value: Uint8Array;
  readonly segment: number;
  readonly offset: number;
}

interface ModelBucket {
  readonly id: MutationNumber;
  readonly name: number;
  revision: number;
  lifetime: Lifetime;
  expiresAtMs: number | undefined;
  /** The latest segment that describes it. */
  segment: number;
  keys: Map<number, ModelKey>;
}

/** A scan of the buckets that goes on while they change, and how far it has come. */
interface Scan {
  readonly from: LogPosition;
  readonly firstSegment: number;
  readonly visited: Set<number>;
  readonly seen: (Omit<ModelBucket, "keys"> & { keys: ModelKey[] })[];
  endSequence: number | undefined;
}

/** Does what a store does, in the plainest way, and keeps every segment that it ever wrote. */
class PlainStore {
  readonly log = new LogBuilder();
  readonly buckets = new Map<number, ModelBucket>();
  firstSegment = 1;
  scan: Scan | undefined;
  #revision = 0;
  #group: LogRecord[] = [];
  #groupBytes = 0;

  do(happening: Happening): void {
    if ("name" in happening) return this.#doTo(happening.name, happening);
    switch (happening.type) {
      case "visit":
        return this.#visit(happening.choice);
      case "end-group":
        return this.#endGroup();
      case "new-segment":
        this.#endGroup();
        this.log.segment();
        return undefined;
      case "compact":
        return this.#compact();
      case "begin-snapshot":
        return this.#beginScan();
      case "end-snapshot":
        return this.endScan();
      default:
        throw new Error("Nothing else has no name");
    }
  }

  /** Ends the group and the scan that are under way. */
  finish(): void {
    this.endScan();
    this.#endGroup();
  }

  #doTo(named: number, happening: Happening): void {
    const bucket = [...this.buckets.values()].find((candidate) => candidate.name === named);
    if (bucket !== undefined && happening.type !== "create") this.#change(bucket, happening);
    if (bucket === undefined && happening.type === "create") this.#create(happening);
  }

  #create({ name, lifetime }: Happening & { readonly type: "create" }): void {
    const id = this.#nextRevision();
    const { segment } = this.log.position;
    const about = { revision: id, lifetime, expiresAtMs: undefined, segment };
    const bytes = Uint8Array.of(name);
    this.#write({ type: "create", bucketId: id, revision: id, name: bytes, lifetime });
    this.buckets.set(id, { id, name, ...about, keys: new Map() });
  }

  #change(bucket: ModelBucket, happening: Happening): void {
    this.#describe(bucket);
    const revision = this.#nextRevision();
    const about = { bucketId: bucket.id, revision };
    bucket.revision = revision;
    if (happening.type === "drop") {
      this.#write({ type: "drop", ...about });
      this.buckets.delete(bucket.id);
    } else if (happening.type === "keep") {
      this.#write({ type: "keep", ...about });
      bucket.lifetime = "kept";
    } else if (happening.type === "put") {
      const key = Uint8Array.of(happening.key);
      const value = new TextEncoder().encode(`value ${revision}`);
      const offset = this.#write({ type: "put", ...about, fields: [{ key, value }] });
      const place = { segment: this.log.position.segment, offset: offset + PUT_START_BYTES };
      const entry = { key: happening.key, revision, expiresAtMs: undefined, value, ...place };
      bucket.keys.set(happening.key, entry);
    } else if (happening.type === "delete") {
      this.#write({ type: "delete", ...about, keys: [Uint8Array.of(happening.key)] });
      bucket.keys.delete(happening.key);
    } else if (happening.type === "expire-key") {
      const entry = bucket.keys.get(happening.key);
      const expiresAtMs = happening.at;
      this.#write({ type: "expire-key", ...about, key: Uint8Array.of(happening.key), expiresAtMs });
      if (entry) bucket.keys.set(happening.key, { ...entry, revision, expiresAtMs });
    } else if (happening.type === "expire-bucket") {
      bucket.expiresAtMs = happening.at;
      this.#write({ type: "expire-bucket", ...about, expiresAtMs: happening.at });
    }
  }

  #nextRevision(): MutationNumber {
    this.#revision += 1;
    return mutationNumber(this.#revision);
  }

  /** Returns where in the segment the record begins. */
  #write(record: LogRecord): number {
    const offset = this.log.position.offsetBytes + GROUP_HEADER_BYTES + this.#groupBytes;
    this.#group.push(record);
    this.#groupBytes += payloadOf(record).length;
    return offset;
  }

  #describe(bucket: ModelBucket, isForced = false): void {
    const { segment } = this.log.position;
    if (bucket.segment === segment && !isForced) return;
    const { id: bucketId, revision, expiresAtMs, lifetime } = bucket;
    const name = Uint8Array.of(bucket.name);
    this.#write({ type: "restate", bucketId, revision, name, expiresAtMs, lifetime });
    bucket.segment = segment;
  }

  #endGroup(): void {
    if (this.#group.length > 0) this.log.group(...this.#group);
    this.#group = [];
    this.#groupBytes = 0;
  }

  #compact(): void {
    const oldest = this.firstSegment;
    if (oldest === this.log.position.segment) return;
    for (const bucket of this.buckets.values()) {
      for (const [key, entry] of bucket.keys) {
        if (entry.segment === oldest) bucket.keys.set(key, this.#copy(bucket, entry));
      }
      if (bucket.segment === oldest) this.#describe(bucket, true);
    }
    this.#endGroup();
    this.#write({ type: "trim", firstSegment: oldest + 1 });
    this.#endGroup();
    this.firstSegment = oldest + 1;
  }

  #copy(bucket: ModelBucket, entry: ModelKey): ModelKey {
    this.#describe(bucket);
    const { revision, value, expiresAtMs } = entry;
    const about = { bucketId: bucket.id, revision, key: Uint8Array.of(entry.key) };
    const offset = this.#write({ type: "copy", ...about, value, expiresAtMs });
    const { segment } = this.log.position;
    return { ...entry, segment, offset: offset + COPY_START_BYTES };
  }

  #beginScan(): void {
    this.#endGroup();
    const from = this.log.position;
    const { firstSegment } = this;
    this.scan = { from, firstSegment, visited: new Set(), seen: [], endSequence: undefined };
  }

  /** Notes some keys of the bucket that was noted last; or all that are left, and another bucket. */
  #visit(choice: number): void {
    const { scan } = this;
    if (scan === undefined || scan.endSequence !== undefined) return;
    const isPart = choice % 2 === 0;
    this.#visitKeys(scan, isPart);
    if (isPart && scan.seen.length > 0) return;
    const unvisited = [...this.buckets.values()].filter(({ id }) => !scan.visited.has(id));
    const bucket = unvisited[choice % unvisited.length];
    if (bucket === undefined) return;
    scan.visited.add(bucket.id);
    scan.seen.push({ ...bucket, keys: [] });
  }

  #visitKeys(scan: Scan, isPart: boolean): void {
    const last = scan.seen.at(-1);
    const bucket = last && this.buckets.get(last.id);
    if (last === undefined || bucket === undefined) return;
    const from = Math.max(-1, ...last.keys.map(({ key }) => key));
    const to = isPart ? from + 2 : Number.POSITIVE_INFINITY;
    const keys = [...bucket.keys.values()].toSorted((one, other) => one.key - other.key);
    last.keys.push(...keys.filter(({ key }) => key > from && key <= to));
  }

  endScan(): void {
    const { scan } = this;
    if (scan === undefined || scan.endSequence !== undefined) return;
    while ([...this.buckets.keys()].some((id) => !scan.visited.has(id))) this.#visit(1);
    this.#visitKeys(scan, false);
    this.#endGroup();
    scan.endSequence = this.log.position.sequence;
  }
}

/** The index as a scan saw it. */
function indexOf({ seen }: Scan): KeyIndex {
  const index = emptyIndex();
  for (const bucket of seen) {
    const name = Uint8Array.of(bucket.name);
    const namesake = index.bucketNamed(name);
    if (namesake !== 0) index.dropBucket(namesake);
    const ref = index.createBucket(bucket.id, name);
    index.setBucketRevision(ref, bucket.revision);
    index.setBucketExpiresAtMs(ref, bucket.expiresAtMs ?? NEVER);
    index.setBucketSegment(ref, bucket.segment);
    index.lifetimes.setTransient(ref, bucket.lifetime === "transient");
    for (const { key, revision, expiresAtMs = NEVER, value, segment, offset } of bucket.keys) {
      const entry = { revision, expiresAtMs, segment, offset, valueBytes: value.length };
      index.put(ref, Uint8Array.of(key), 0, 1, entry);
    }
  }
  return index;
}

function emptyIndex(): KeyIndex {
  return new KeyIndex({ seed: STORE_ID, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function expectedState({ buckets }: PlainStore): string {
  const lines: string[] = [];
  for (const { id, name, revision, expiresAtMs, lifetime, keys } of buckets.values()) {
    const life = lifetime === "transient" ? ", transient" : "";
    const until = `${expiresAtMs ?? "never"}${life}`;
    lines.push(`${id}: ${hex(Uint8Array.of(name))} at ${revision} until ${until}`);
    for (const entry of [...keys.values()].toSorted((one, other) => one.key - other.key)) {
      const key = hex(Uint8Array.of(entry.key));
      const rest = `at ${entry.revision} until ${entry.expiresAtMs ?? "never"}`;
      lines.push(`  ${key} = ${hex(entry.value)} ${rest}`);
    }
  }
  return lines.join("\n");
}

interface Beginning {
  readonly oldest: number;
  readonly index?: KeyIndex;
  readonly from?: LogPosition;
  readonly endSequence?: number | undefined;
  readonly firstSegment?: number;
}

/** Replays what `store` wrote, without the segments before the oldest, and compares. */
function assertReplays(store: PlainStore, beginning: Beginning, what: string): void {
  const { log, firstSegment } = store;
  const { oldest, index = emptyIndex(), ...rest } = beginning;
  const replay = new LogReplay({ index, ...rest });
  for (const segment of log.segments) {
    if (segment < oldest) continue;
    replay.addSegment({ path: pathOf(segment), segment, bytes: log.bytes(segment) });
  }
  assert.equal(replay.flaw, undefined, what);
  assert.equal(replay.firstSegment, firstSegment, what);
  const bytesOf = (segment: number): Uint8Array => {
    return segment < firstSegment ? new Uint8Array() : log.bytes(segment);
  };
  assert.equal(describeIndex(index, bytesOf), expectedState(store), what);
  assert.equal(index.lastRevision, log.lastRevision, what);
  for (const { id, segment } of store.buckets.values()) {
    assert.equal(index.bucketSegment(index.bucketWithId(id)), segment, `${what}, bucket ${id}`);
  }
  // What a start has to drop: a transient bucket may have lost its keys with the segments that are gone.
  const forsaken = [...store.buckets.values()].filter(
    ({ lifetime, keys }) => lifetime === "transient" && keys.size === 0,
  );
  const refs = forsaken.map(({ id }) => index.bucketWithId(id));
  assert.equal(index.lifetimes.forsaken !== 0, refs.length > 0, what);
  assert.ok(refs.length === 0 || refs.includes(index.lifetimes.forsaken), what);
}

const name = fc.nat({ max: 2 });
const lifetime = fc.constantFrom<Lifetime>("kept", "transient");
const key = fc.nat({ max: 4 });
const at = fc.integer({ min: 1, max: 1000 });
const type = <Type extends Happening["type"]>(named: Type): fc.Arbitrary<Type> =>
  fc.constant(named);

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: type("create"), name, lifetime }) },
  { weight: 1, arbitrary: fc.record({ type: type("drop"), name }) },
  { weight: 1, arbitrary: fc.record({ type: type("keep"), name }) },
  { weight: 8, arbitrary: fc.record({ type: type("put"), name, key }) },
  { weight: 2, arbitrary: fc.record({ type: type("delete"), name, key }) },
  { weight: 1, arbitrary: fc.record({ type: type("expire-key"), name, key, at }) },
  { weight: 1, arbitrary: fc.record({ type: type("expire-bucket"), name, at }) },
  { weight: 3, arbitrary: fc.record({ type: type("visit"), choice: fc.nat({ max: 5 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom("end-group" as const, "new-segment" as const, "compact" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom("begin-snapshot" as const, "end-snapshot" as const),
    }),
  },
);

test("a log says the same with its oldest segments gone, left over or never compacted, and from a snapshot on", () => {
  let snapshots = 0;
  fc.assert(
    fc.property(
      fc.array(anyHappening, { minLength: 1, maxLength: 80, size: "max" }),
      (happenings) => {
        const store = new PlainStore();
        for (const happening of happenings) store.do(happening);
        store.finish();
        for (let oldest = 1; oldest <= store.firstSegment; oldest++) {
          assertReplays(store, { oldest }, `from segment ${oldest}`);
        }
        const { scan } = store;
        if (scan === undefined || scan.from.segment < store.firstSegment) return;
        snapshots += 1;
        const { from, endSequence, firstSegment } = scan;
        const known = { from, endSequence, firstSegment, index: indexOf(scan) };
        const beginning = { oldest: store.firstSegment, ...known };
        assertReplays(store, beginning, "from the snapshot");
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(snapshots > 100, `only ${snapshots} snapshots were of use`);
});
