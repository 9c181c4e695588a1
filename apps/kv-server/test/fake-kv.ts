import {
  type Answer,
  type BucketName,
  type Condition,
  type Field,
  type Kv,
  Later,
  type ListOptions,
  type PutOptions,
  type Served,
  type ValueSink,
} from "@kv/kv";
import { FakeBuckets } from "./fake-buckets.ts";
import type { FakeOwner } from "./fake-owner.ts";

/**
 * Buckets in memory, and a disk that settles when the test says so. `durable` is what answers rest on from now
 * on; `delay` stands between the outcome and the answer, which then comes by a promise.
 */
export class FakeKv implements Kv {
  readonly node = "fake@test";
  /** Another one when the test says that the routing table has changed. */
  epoch = 0;
  readonly buckets = new FakeBuckets();
  durable: Promise<void> | undefined;
  delay: Promise<void> | undefined;
  /** The node that has a bucket, or of all buckets has some; `undefined` for this one. */
  ownerOf: (bucket: string | undefined) => FakeOwner | undefined = () => undefined;
  /** Whether {@link read} answers. */
  readsAtOnce = false;
  /** Thrown by every operation while it is there. */
  failure: unknown;
  #asked = 0;
  #onAsked: () => void = () => {};

  createBucket(bucket: BucketName): ReturnType<Kv["createBucket"]> {
    return this.#answer(bucket, () => this.buckets.create(bucket));
  }

  get(bucket: BucketName, key: Uint8Array): ReturnType<Kv["get"]> {
    return this.#answer(bucket, () => this.buckets.get(bucket, key));
  }

  /** Only when the test says so: otherwise everything goes by {@link get}. */
  read(place: Parameters<Kv["read"]>[0], sink: ValueSink): ReturnType<Kv["read"]> {
    if (!this.readsAtOnce) return undefined;
    const { bucket } = place;
    const key = place.bytes.subarray(place.start, place.end);
    if (this.#ownerOf(bucket) !== undefined) return undefined;
    const answering = this.#answer(bucket, () => this.buckets.get(bucket, key));
    if (!("outcome" in answering) || answering.durable !== undefined) return undefined;
    const { outcome } = answering;
    if (outcome.type === "found") {
      const { buffer, byteOffset, length } = outcome.value;
      sink(outcome.value, 0, length, new DataView(buffer, byteOffset, length));
    }
    return outcome.type;
  }

  foresee(): void {}

  describeKey(bucket: BucketName, key: Uint8Array): ReturnType<Kv["describeKey"]> {
    return this.#answer(bucket, () => {
      const outcome = this.buckets.get(bucket, key);
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
    return this.#answer(bucket, () => this.buckets.put(bucket, fields, options));
  }

  delete(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): ReturnType<Kv["delete"]> {
    return this.#answer(bucket, () => this.buckets.delete(bucket, keys, condition));
  }

  dropBucket(bucket: BucketName): ReturnType<Kv["dropBucket"]> {
    return this.#answer(bucket, () => this.buckets.drop(bucket));
  }

  expire(
    bucket: BucketName,
    key: Uint8Array | undefined,
    expiresAtMs: number | undefined,
  ): ReturnType<Kv["expire"]> {
    return this.#answer(bucket, () => this.buckets.expire(bucket, key, expiresAtMs));
  }

  listBuckets(options?: ListOptions): ReturnType<Kv["listBuckets"]> {
    return this.#answer(undefined, () => this.buckets.listBuckets(options));
  }

  listKeys(bucket: BucketName, options?: ListOptions): ReturnType<Kv["listKeys"]> {
    return this.#answer(bucket, () => this.buckets.listKeys(bucket, options));
  }

  describeBucket(bucket: BucketName): ReturnType<Kv["describeBucket"]> {
    return this.#answer(bucket, () => this.buckets.describe(bucket));
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
    return this.ownerOf(bucket === undefined ? undefined : Buffer.from(bucket).toString("latin1"));
  }

  #answer<Outcome>(bucket: BucketName | undefined, operation: () => Outcome): Served<Outcome> {
    this.#asked++;
    this.#onAsked();
    // oxlint-disable-next-line typescript/only-throw-error -- the test says what is thrown
    if (this.failure !== undefined) throw this.failure;
    const owner = this.#ownerOf(bucket);
    if (owner !== undefined) {
      const later = new Later<Outcome>();
      owner.ask(later, operation);
      return later;
    }
    const answer: Answer<Outcome> = { outcome: operation(), durable: this.durable };
    return this.delay === undefined ? answer : this.delay.then(() => answer);
  }
}
