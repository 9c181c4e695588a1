import {
  type Answer,
  type BucketName,
  type Condition,
  type Field,
  type Kv,
  type NewExpiry,
  Later,
  type ListOptions,
  type PlainAsker,
  type PutOptions,
  type Served,
  type ValueSink,
} from "@kv/kv";
import { FakeBuckets } from "./fake-buckets.ts";
import type { FakeOwner } from "./fake-owner.ts";
import { fieldAt, plainly } from "./plainly.ts";

/**
 * Buckets in memory, and a disk that settles when the test says so. `durable` is what answers rest on from now
 * on; `delay` stands between the outcome and the answer, which then comes by a promise.
 */
export class FakeKv implements Kv {
  readonly node = "fake@test";
  /** Another one when the test says that the routing table has changed. */
  table = 0;
  readonly buckets = new FakeBuckets();
  durable: Promise<void> | undefined;
  delay: Promise<void> | undefined;
  /** The node that has a bucket, or of all buckets has some; `undefined` for this one. */
  ownerOf: (bucket: string | undefined) => FakeOwner | undefined = () => undefined;
  /** Whether {@link read} answers. */
  readsAtOnce = false;
  /** Whether {@link write} does anything. */
  writesAtOnce = false;
  /** What every operation fails with while it is there. */
  failure: unknown;
  /** What operations on a bucket fail with; nothing by default. */
  failureOf: (bucket: string) => unknown = () => undefined;
  #asked = 0;
  #onAsked: () => void = () => {};

  epoch(): number {
    return this.table;
  }

  createBucket(bucket: BucketName): ReturnType<Kv["createBucket"]> {
    return this.#answer(bucket, (name) => this.buckets.create(name));
  }

  get(bucket: BucketName, key: Uint8Array): ReturnType<Kv["get"]> {
    const own = Uint8Array.from(key);
    return this.#answer(bucket, (name) => this.buckets.get(name, own));
  }

  /** Only when the test says so: otherwise everything goes by {@link get}. */
  read(place: Parameters<Kv["read"]>[0], sink: ValueSink): ReturnType<Kv["read"]> {
    if (!this.readsAtOnce) return undefined;
    const { bucket } = place;
    const key = place.bytes.subarray(place.start, place.end);
    if (this.#ownerOf(bucket) !== undefined) return undefined;
    const answering = this.#answer(bucket, (name) => this.buckets.get(name, key));
    if (!("outcome" in answering) || answering.durable !== undefined) return undefined;
    const { outcome } = answering;
    if (outcome.type === "found") {
      const { buffer, byteOffset, length } = outcome.value;
      sink(outcome.value, 0, length, new DataView(buffer, byteOffset, length));
    }
    return outcome.type;
  }

  foresee(): void {}

  elsewhere(bucket: BucketName): PlainAsker | undefined {
    const owner = this.#ownerOf(bucket);
    if (owner === undefined) return undefined;
    return {
      ask: (ask, listener) => {
        const { key, value } = fieldAt(ask);
        const answering =
          ask.type === "get"
            ? this.get(bucket, key)
            : this.put(bucket, [{ key, value }], { createsBucket: ask.createsBucket });
        if (!(answering instanceof Later)) throw new Error("an owner answers later");
        answering.whenSettled(plainly(listener));
      },
    };
  }

  /** Only when the test says so: otherwise everything goes by {@link put}. */
  write(place: Parameters<Kv["write"]>[0]): ReturnType<Kv["write"]> {
    const { bucket } = place;
    const isThere = this.buckets.describe(bucket).type === "found";
    if (!this.writesAtOnce || !isThere || this.#ownerOf(bucket) !== undefined) return undefined;
    const field = fieldAt(place);
    const answering = this.#answer(bucket, (name) => this.buckets.put(name, [field]));
    if (!("outcome" in answering) || answering.outcome.type !== "stored") return undefined;
    const { added, revision } = answering.outcome;
    return { isAdded: added > 0, revision, durable: answering.durable };
  }

  describeKey(bucket: BucketName, key: Uint8Array): ReturnType<Kv["describeKey"]> {
    const own = Uint8Array.from(key);
    return this.#answer(bucket, (name) => {
      const outcome = this.buckets.get(name, own);
      if (outcome.type !== "found") return outcome;
      const { value, ...about } = outcome;
      return { ...about, valueBytes: value.length };
    });
  }

  countBuckets(): ReturnType<Kv["countBuckets"]> {
    return this.#answer(undefined, () => {
      const all = this.buckets.listBuckets({ limit: Number.MAX_SAFE_INTEGER });
      return { type: "counted", buckets: all.page.entries.length };
    });
  }

  put(bucket: BucketName, fields: readonly Field[], options?: PutOptions): ReturnType<Kv["put"]> {
    const own = fields.map((field) => ({
      ...field,
      key: Uint8Array.from(field.key),
      value: Uint8Array.from(field.value),
    }));
    return this.#answer(bucket, (name) => this.buckets.put(name, own, options));
  }

  delete(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): ReturnType<Kv["delete"]> {
    const own = keys.map((key) => Uint8Array.from(key));
    return this.#answer(bucket, (name) => this.buckets.delete(name, own, condition));
  }

  dropBucket(bucket: BucketName): ReturnType<Kv["dropBucket"]> {
    return this.#answer(bucket, (name) => this.buckets.drop(name));
  }

  expire(
    bucket: BucketName,
    key: Uint8Array | undefined,
    expiry: NewExpiry,
  ): ReturnType<Kv["expire"]> {
    const own = key === undefined ? undefined : Uint8Array.from(key);
    return this.#answer(bucket, (name) => this.buckets.expire(name, own, expiry));
  }

  listBuckets(options?: ListOptions): ReturnType<Kv["listBuckets"]> {
    return this.#answer(undefined, () => this.buckets.listBuckets(options));
  }

  listKeys(bucket: BucketName, options?: ListOptions): ReturnType<Kv["listKeys"]> {
    return this.#answer(bucket, (name) => this.buckets.listKeys(name, options));
  }

  describeBucket(bucket: BucketName): ReturnType<Kv["describeBucket"]> {
    return this.#answer(bucket, (name) => this.buckets.describe(name));
  }

  /** How many operations were asked for. */
  get asked(): number {
    return this.#asked;
  }

  /** Resolves when so many operations were asked for. */
  async untilAsked(count: number): Promise<void> {
    while (this.#asked < count) {
      await new Promise<void>((resolve) => {
        this.#onAsked = resolve;
      });
    }
  }

  /** Puts a value, also one that no line could carry, into a bucket that stays. */
  plant(bucket: string, key: string, value: Uint8Array): void {
    const name = Buffer.from(bucket, "latin1");
    this.buckets.create(name);
    this.buckets.put(name, [{ key: Buffer.from(key, "latin1"), value }]);
  }

  #ownerOf(bucket: BucketName | undefined): FakeOwner | undefined {
    return this.ownerOf(bucket === undefined ? undefined : text(bucket));
  }

  /** `operation` may be done later: it is given a bucket's name that is its own, and must hold no array that is not. */
  #answer<Outcome>(
    bucket: BucketName | undefined,
    operation: (name: Uint8Array) => Outcome,
  ): Served<Outcome> {
    this.#asked++;
    this.#onAsked();
    const failure = this.failure ?? this.failureOf(bucket === undefined ? "" : text(bucket));
    const owner = this.#ownerOf(bucket);
    const name = Uint8Array.from(bucket ?? []);
    const run = (): Outcome => {
      // oxlint-disable-next-line typescript/only-throw-error -- the test says what is thrown
      if (failure !== undefined) throw failure;
      return operation(name);
    };
    if (owner !== undefined) return owner.ask(run);
    const answer: Answer<Outcome> = { outcome: run(), durable: this.durable };
    return this.delay === undefined ? answer : this.delay.then(() => answer);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
