import assert from "node:assert/strict";
import type {
  Condition,
  Conflict,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  ExpiryCondition,
  Field,
  GetOutcome,
  Lifetime,
  PutOutcome,
  Revision,
} from "../src/index.ts";

interface ModelKey {
  readonly value: Uint8Array;
  readonly revision: Revision;
  readonly expiresAtMs: number | undefined;
}

interface ModelBucket {
  readonly keys: Map<string, ModelKey>;
  lifetime: Lifetime;
  revision: Revision;
  expiresAtMs: number | undefined;
}

interface ModelExpiry {
  readonly key: Uint8Array | undefined;
  readonly expiresAtMs: number | undefined;
  readonly conditions?: readonly ExpiryCondition[];
}

const NEVER = Number.POSITIVE_INFINITY;

interface Times {
  readonly before: number;
  readonly after: number;
}

const EXPIRY_HOLDS: Readonly<Record<ExpiryCondition, (times: Times) => boolean>> = {
  "if-none": ({ before }) => before === NEVER,
  "if-some": ({ before }) => before !== NEVER,
  "if-later": ({ before, after }) => after > before,
  "if-sooner": ({ before, after }) => after < before,
};

/** A bucket that no mutation has made yet. */
type NewBucket = Omit<ModelBucket, "revision">;

/**
 * The Store contract in the plainest form: maps keyed by hexadecimal text, from which everything
 * that has lapsed is swept before every look.
 *
 * The model cannot know which revisions an engine draws. A mutation is therefore told the revision
 * the engine answered with, and the model insists that it is a new one.
 */
export class Model {
  /** What the engine's clock shows. A step may set it back. */
  clockMs = 1_000_000;
  /** The time by which keys lapse: the latest that the clock has shown at a step. */
  #nowMs = 0;
  readonly #buckets = new Map<string, ModelBucket>();
  /** Every revision ever answered for a bucket's name, over all its incarnations. */
  readonly #drawn = new Map<string, Revision[]>();

  create(bucket: Uint8Array, drawn: Revision | undefined): CreateBucketOutcome {
    const there = this.bucket(bucket);
    if (there === undefined) {
      const revision = this.#draw(bucket, drawn);
      this.#buckets.set(hex(bucket), { ...emptyBucket("kept"), revision });
      return { type: "created", revision };
    }
    if (there.lifetime === "transient") {
      there.lifetime = "kept";
      there.revision = this.#draw(bucket, drawn);
    }
    return { type: "exists", revision: there.revision };
  }

  drop(bucket: Uint8Array, drawn: Revision | undefined): DropBucketOutcome {
    if (this.bucket(bucket) === undefined) return { type: "no-bucket" };
    const revision = this.#draw(bucket, drawn);
    this.#buckets.delete(hex(bucket));
    return { type: "dropped", revision };
  }

  get(bucket: Uint8Array, key: Uint8Array): GetOutcome {
    const there = this.bucket(bucket);
    if (there === undefined) return { type: "no-bucket" };
    const found = there.keys.get(hex(key));
    return found === undefined ? { type: "missing" } : { type: "found", ...found };
  }

  put(
    bucket: Uint8Array,
    { fields, createsBucket }: { fields: readonly Field[]; createsBucket?: boolean | undefined },
    drawn: Revision | undefined,
  ): PutOutcome {
    const standing = this.bucket(bucket);
    if (standing === undefined && (createsBucket !== true || fields.length === 0)) {
      return { type: "no-bucket" };
    }
    const there = standing ?? emptyBucket("transient");
    for (const { key, condition } of fields) {
      const conflict = judge(there, key, condition);
      if (conflict !== undefined) return conflict;
    }
    if (standing !== undefined && fields.length === 0) {
      return { type: "stored", revision: standing.revision, added: 0 };
    }
    const revision = this.#draw(bucket, drawn);
    const before = there.keys.size;
    const keys = new Map(there.keys);
    for (const { key, value, expiresAtMs } of fields) {
      keys.set(hex(key), { value, revision, expiresAtMs });
    }
    this.#buckets.set(hex(bucket), { ...there, keys, revision });
    return { type: "stored", revision, added: keys.size - before };
  }

  delete(
    bucket: Uint8Array,
    request: { keys: readonly Uint8Array[]; condition: Condition | undefined },
    drawn: Revision | undefined,
  ): DeleteOutcome {
    const there = this.bucket(bucket);
    if (there === undefined) return { type: "no-bucket" };
    for (const key of request.keys) {
      const conflict = judge(there, key, request.condition);
      if (conflict !== undefined) return conflict;
    }
    const removed = request.keys.filter((key) => there.keys.delete(hex(key))).length;
    if (removed === 0) return { type: "missing" };
    there.revision = this.#draw(bucket, drawn);
    return { type: "deleted", revision: there.revision, removed };
  }

  expire(bucket: Uint8Array, request: ModelExpiry, drawn: Revision | undefined): ExpireOutcome {
    const there = this.bucket(bucket);
    if (there === undefined) return { type: "no-bucket" };
    const { key, expiresAtMs, conditions = [] } = request;
    const found = key === undefined ? undefined : there.keys.get(hex(key));
    if (key !== undefined && found === undefined) return { type: "missing" };
    const { expiresAtMs: beforeMs } = found ?? there;
    const times = { before: beforeMs ?? NEVER, after: expiresAtMs ?? NEVER };
    if (!conditions.every((condition) => EXPIRY_HOLDS[condition](times)))
      return { type: "unchanged" };
    const revision = this.#draw(bucket, drawn);
    there.revision = revision;
    if (key === undefined) there.expiresAtMs = expiresAtMs;
    else if (found !== undefined) there.keys.set(hex(key), { ...found, revision, expiresAtMs });
    return { type: "updated", revision };
  }

  /** Puts the clock right again, for an engine that has not seen yet how late it was. */
  correctClock(): void {
    this.clockMs = Math.max(this.#nowMs, this.clockMs);
  }

  /** What is there under `name` now, without anything that has lapsed. */
  bucket(name: Uint8Array): ModelBucket | undefined {
    this.#sweep();
    return this.#buckets.get(hex(name));
  }

  /** Every bucket there is now, by the hexadecimal text of its name. */
  buckets(): ReadonlyMap<string, ModelBucket> {
    this.#sweep();
    return this.#buckets;
  }

  /** A revision of the bucket called `name` that is not its latest one, if there has been any. */
  staleRevision(name: Uint8Array): Revision | undefined {
    return this.#drawn.get(hex(name))?.at(-2);
  }

  #sweep(): void {
    this.#nowMs = Math.max(this.#nowMs, this.clockMs);
    for (const [name, bucket] of this.#buckets) {
      if (isOver(bucket.expiresAtMs, this.#nowMs)) this.#buckets.delete(name);
      for (const [key, { expiresAtMs }] of bucket.keys) {
        if (isOver(expiresAtMs, this.#nowMs)) bucket.keys.delete(key);
      }
      if (bucket.lifetime === "transient" && bucket.keys.size === 0) this.#buckets.delete(name);
    }
  }

  #draw(name: Uint8Array, drawn: Revision | undefined): Revision {
    assert.ok(drawn !== undefined, "the engine changed nothing, but the model does");
    const earlier = this.#drawn.get(hex(name)) ?? [];
    assert.ok(!earlier.includes(drawn), `revision ${drawn} was used before`);
    const latest = earlier.at(-1);
    if (typeof latest === "number" && typeof drawn === "number") assert.ok(drawn > latest);
    this.#drawn.set(hex(name), [...earlier, drawn]);
    return drawn;
  }
}

function emptyBucket(lifetime: Lifetime): NewBucket {
  return { keys: new Map(), lifetime, expiresAtMs: undefined };
}

/** The key of the model's maps. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function isOver(expiresAtMs: number | undefined, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}

function judge(
  bucket: NewBucket,
  key: Uint8Array,
  condition: Condition | undefined,
): Conflict | undefined {
  const revision = bucket.keys.get(hex(key))?.revision;
  const wanted = condition?.type === "revision" ? condition.revision : undefined;
  if (condition === undefined || revision === wanted) return undefined;
  return { type: "conflict", key, revision };
}
