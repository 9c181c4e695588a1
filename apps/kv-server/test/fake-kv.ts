import type { Answer, Answering, BucketName, Field, Kv } from "@kv/kv";

/** The one revision there is here: the line protocol shows none. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test makes up what only an engine makes
const REVISION = 1 as Extract<
  Awaited<ReturnType<Kv["put"]>>["outcome"],
  { type: "stored" }
>["revision"];

/**
 * Buckets in memory, and a disk that settles when the test says so. `durable` is what answers rest on from now
 * on; `delay` stands between the outcome and the answer, which then comes by a promise.
 */
export class FakeKv implements Kv {
  readonly node = "fake@test";
  durable: Promise<void> | undefined;
  delay: Promise<void> | undefined;
  /** Thrown by every operation while it is there. */
  failure: unknown;
  #asked = 0;
  #onAsked: () => void = () => {};
  readonly #buckets = new Map<string, Map<string, Uint8Array>>();

  createBucket(bucket: BucketName): ReturnType<Kv["createBucket"]> {
    const name = text(bucket);
    const existed = this.#buckets.has(name);
    if (!existed) this.#buckets.set(name, new Map());
    return this.#answer({ type: existed ? "exists" : "created", revision: REVISION });
  }

  get(bucket: BucketName, key: Uint8Array): ReturnType<Kv["get"]> {
    const keys = this.#buckets.get(text(bucket));
    if (keys === undefined) return this.#answer({ type: "no-bucket" });
    const value = keys.get(text(key));
    if (value === undefined) return this.#answer({ type: "missing" });
    return this.#answer({ type: "found", value, revision: REVISION, expiresAtMs: undefined });
  }

  put(bucket: BucketName, fields: readonly Field[]): ReturnType<Kv["put"]> {
    const keys = this.#buckets.get(text(bucket));
    if (keys === undefined) return this.#answer({ type: "no-bucket" });
    for (const { key, value } of fields) keys.set(text(key), Uint8Array.from(value));
    return this.#answer({ type: "stored", revision: REVISION, added: fields.length });
  }

  delete(bucket: BucketName, [key]: readonly Uint8Array[]): ReturnType<Kv["delete"]> {
    const keys = this.#buckets.get(text(bucket));
    if (keys === undefined) return this.#answer({ type: "no-bucket" });
    const isThere = key !== undefined && keys.delete(text(key));
    return this.#answer(
      isThere ? { type: "deleted", revision: REVISION, removed: 1 } : { type: "missing" },
    );
  }

  dropBucket(): never {
    throw new Error("no front door drops buckets yet");
  }

  expire(): never {
    throw new Error("no front door sets an expiry yet");
  }

  listBuckets(): never {
    throw new Error("no front door lists yet");
  }

  listKeys(): never {
    throw new Error("no front door lists yet");
  }

  describeBucket(): never {
    throw new Error("no front door describes buckets yet");
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

  /** Puts a value, also one that no line could carry. */
  plant(bucket: string, key: string, value: Uint8Array): void {
    const keys = this.#buckets.get(bucket) ?? new Map<string, Uint8Array>();
    this.#buckets.set(bucket, keys.set(key, value));
  }

  #answer<Outcome>(outcome: Outcome): Answering<Outcome> {
    this.#asked++;
    this.#onAsked();
    // oxlint-disable-next-line typescript/only-throw-error -- the test says what is thrown
    if (this.failure !== undefined) throw this.failure;
    const answer: Answer<Outcome> = { outcome, durable: this.durable };
    return this.delay === undefined ? answer : this.delay.then(() => answer);
  }
}

/** One character for each byte, so that any bytes can name something. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
