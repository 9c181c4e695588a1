import type {
  BucketOutcome,
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  ExpiryCondition,
  Field,
  GetOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  NewExpiry,
  PutOptions,
  PutOutcome,
} from "@kv/kv";

type Revision = Extract<PutOutcome, { type: "stored" }>["revision"];
type Cursor = NonNullable<ListOptions["cursor"]>;

interface FakeKey {
  readonly value: Uint8Array;
  readonly revision: Revision;
  readonly expiresAtMs: number | undefined;
}

interface FakeBucket {
  readonly keys: Map<string, FakeKey>;
  isKept: boolean;
  expiresAtMs: number | undefined;
  revision: Revision;
}

/** What a store does, in the simplest way: one map of maps, by names of one character for a byte. */
export class FakeBuckets {
  /** What time it is, in Unix milliseconds. */
  nowMs = 0;
  #latest = 0;
  readonly #buckets = new Map<string, FakeBucket>();

  create(name: Uint8Array): CreateBucketOutcome {
    const standing = this.#standing(name);
    if (standing !== undefined) standing.isKept = true;
    const { revision } = standing ?? this.#make(name, true);
    return { type: standing === undefined ? "created" : "exists", revision };
  }

  drop(name: Uint8Array): DropBucketOutcome {
    const isThere = this.#standing(name) !== undefined;
    this.#buckets.delete(text(name));
    return isThere ? { type: "dropped", revision: this.#next() } : { type: "no-bucket" };
  }

  describe(name: Uint8Array): BucketOutcome {
    const bucket = this.#standing(name);
    if (bucket === undefined) return { type: "no-bucket" };
    const { revision, keys, expiresAtMs, isKept } = bucket;
    const lifetime = isKept ? "kept" : "transient";
    return { type: "found", revision, keys: keys.size, expiresAtMs, lifetime };
  }

  get(name: Uint8Array, key: Uint8Array): GetOutcome {
    const bucket = this.#standing(name);
    if (bucket === undefined) return { type: "no-bucket" };
    const found = bucket.keys.get(text(key));
    return found === undefined ? { type: "missing" } : { type: "found", ...found };
  }

  put(name: Uint8Array, fields: readonly Field[], options: PutOptions = {}): PutOutcome {
    const standing = this.#standing(name);
    const keys = standing?.keys ?? new Map<string, FakeKey>();
    if (standing === undefined && options.createsBucket !== true) return { type: "no-bucket" };
    for (const { key, condition } of fields) {
      const conflict = conflictOf(keys, key, condition);
      if (conflict !== undefined) return conflict;
    }
    const bucket = standing ?? this.#make(name, false);
    const before = bucket.keys.size;
    bucket.revision = this.#next();
    for (const { key, value, expiresAtMs } of fields) {
      const put = { value: Uint8Array.from(value), revision: bucket.revision, expiresAtMs };
      bucket.keys.set(text(key), put);
    }
    return { type: "stored", revision: bucket.revision, added: bucket.keys.size - before };
  }

  delete(name: Uint8Array, keys: readonly Uint8Array[], condition?: Condition): DeleteOutcome {
    const bucket = this.#standing(name);
    if (bucket === undefined) return { type: "no-bucket" };
    for (const key of keys) {
      const conflict = conflictOf(bucket.keys, key, condition);
      if (conflict !== undefined) return conflict;
    }
    const removed = keys.filter((key) => bucket.keys.delete(text(key))).length;
    if (removed === 0) return { type: "missing" };
    bucket.revision = this.#next();
    return { type: "deleted", revision: bucket.revision, removed };
  }

  expire(name: Uint8Array, key: Uint8Array | undefined, expiry: NewExpiry): ExpireOutcome {
    const { expiresAtMs, conditions = [] } =
      typeof expiry === "object" ? expiry : { expiresAtMs: expiry };
    const isKept = ({
      expiresAtMs: before = Number.POSITIVE_INFINITY,
    }: {
      expiresAtMs: number | undefined;
    }): boolean =>
      !conditions.every((condition) =>
        HOLDS[condition](before, expiresAtMs ?? Number.POSITIVE_INFINITY),
      );
    const bucket = this.#standing(name);
    if (bucket === undefined) return { type: "no-bucket" };
    const revision = this.#next();
    if (key === undefined) {
      if (isKept(bucket)) return { type: "unchanged" };
      bucket.expiresAtMs = expiresAtMs;
    } else {
      const found = bucket.keys.get(text(key));
      if (found === undefined) return { type: "missing" };
      if (isKept(found)) return { type: "unchanged" };
      bucket.keys.set(text(key), { ...found, revision, expiresAtMs });
    }
    bucket.revision = revision;
    return { type: "updated", revision };
  }

  listBuckets(options: ListOptions = {}): ListBucketsOutcome {
    const names = [...this.#buckets.keys()];
    const all = names.flatMap((name) => {
      const bucket = Buffer.from(name, "latin1");
      const described = this.describe(bucket);
      return described.type === "found" ? [{ ...described, bucket }] : [];
    });
    return { type: "listed", page: pageOf(all, options) };
  }

  listKeys(name: Uint8Array, options: ListOptions = {}): ListKeysOutcome {
    const bucket = this.#standing(name);
    if (bucket === undefined) return { type: "no-bucket" };
    const all = [...bucket.keys].map(([key, { revision, expiresAtMs }]) => {
      return { key: Buffer.from(key, "latin1"), revision, expiresAtMs };
    });
    return { type: "listed", page: pageOf(all, options) };
  }

  /** The bucket, unless it has lapsed or went with its last key. */
  #standing(name: Uint8Array): FakeBucket | undefined {
    const bucket = this.#buckets.get(text(name));
    if (bucket === undefined) return undefined;
    for (const [key, { expiresAtMs }] of bucket.keys) {
      if (this.#isOver(expiresAtMs)) bucket.keys.delete(key);
    }
    const isGone = this.#isOver(bucket.expiresAtMs) || (!bucket.isKept && bucket.keys.size === 0);
    if (isGone) this.#buckets.delete(text(name));
    return isGone ? undefined : bucket;
  }

  #make(name: Uint8Array, isKept: boolean): FakeBucket {
    const bucket = { keys: new Map(), isKept, expiresAtMs: undefined, revision: this.#next() };
    this.#buckets.set(text(name), bucket);
    return bucket;
  }

  #isOver(expiresAtMs: number | undefined): boolean {
    return expiresAtMs !== undefined && this.nowMs >= expiresAtMs;
  }

  #next(): Revision {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an engine of the tests' own makes revisions
    return ++this.#latest as Revision;
  }
}

/** Of the time before and the new one, where never is the latest. */
const HOLDS: Readonly<Record<ExpiryCondition, (before: number, after: number) => boolean>> = {
  "if-none": (before) => before === Number.POSITIVE_INFINITY,
  "if-some": (before) => before !== Number.POSITIVE_INFINITY,
  "if-later": (before, after) => after > before,
  "if-sooner": (before, after) => after < before,
};

function conflictOf(
  keys: Map<string, FakeKey>,
  key: Uint8Array,
  condition: Condition | undefined,
): Conflict | undefined {
  if (condition === undefined) return undefined;
  const revision = keys.get(text(key))?.revision;
  const wanted = condition.type === "absent" ? undefined : condition.revision;
  return revision === wanted ? undefined : { type: "conflict", key, revision };
}

function pageOf<Entry>(
  all: readonly Entry[],
  {
    cursor = "0",
    limit = 1000,
  }: { readonly cursor?: string | undefined; limit?: number | undefined },
): { readonly entries: readonly Entry[]; readonly next: Cursor | undefined } {
  const start = Number(cursor);
  const next = start + limit < all.length ? String(start + limit) : undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an engine of the tests' own makes cursors
  return { entries: all.slice(start, start + limit), next: next as Cursor | undefined };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
