import type {
  Answer,
  Condition,
  Field,
  ListOptions,
  PutOptions,
  Revision,
  Store,
} from "@kv/storage";
import { type BucketName, bucketNameLimitBytes, parseBucketName } from "../../bucket-name.ts";
import type { Later } from "../later.ts";
import type { RemoteBuckets } from "../remote-buckets.ts";

/**
 * A store whose operations go through {@link RemoteBuckets}, for the conformance suite. What does not go over a link: `read`
 * and `write` do nothing at once, `foresee` is a hint to nobody, and statistics are those of the store at the other end.
 */
export class LoopBackStore implements Store {
  readonly traits;
  readonly #remote: RemoteBuckets;
  readonly #owner: Store;

  constructor(remote: RemoteBuckets, owner: Store) {
    this.#remote = remote;
    this.#owner = owner;
    this.traits = { ...owner.traits, answersAtOnce: false };
  }

  createBucket(bucket: Uint8Array) {
    return awaited(this.#remote.createBucket(named(bucket)));
  }

  dropBucket(bucket: Uint8Array) {
    return awaited(this.#remote.dropBucket(named(bucket)));
  }

  describeBucket(bucket: Uint8Array) {
    return awaited(this.#remote.describeBucket(named(bucket)));
  }

  get(bucket: Uint8Array, key: Uint8Array) {
    return awaited(this.#remote.get(named(bucket), key));
  }

  describeKey(bucket: Uint8Array, key: Uint8Array) {
    return awaited(this.#remote.describeKey(named(bucket), key));
  }

  put(bucket: Uint8Array, fields: readonly Field[], options?: PutOptions) {
    return awaited(this.#remote.put(named(bucket), fields, options));
  }

  delete(bucket: Uint8Array, keys: readonly Uint8Array[], condition?: Condition) {
    return awaited(this.#remote.delete(named(bucket), keys, condition));
  }

  expire(bucket: Uint8Array, key: Uint8Array | undefined, expiresAtMs: number | undefined) {
    return awaited(this.#remote.expire(named(bucket), key, expiresAtMs));
  }

  listBuckets(options?: ListOptions) {
    return awaited(this.#remote.listBuckets(options));
  }

  listKeys(bucket: Uint8Array, options?: ListOptions) {
    return awaited(this.#remote.listKeys(named(bucket), options));
  }

  read(): undefined {}

  write(): undefined {}

  lacks(): boolean {
    return false;
  }

  foresee(): void {}

  raiseRevision(atLeast: Revision): void {
    this.#owner.raiseRevision(atLeast);
  }

  statistics() {
    return this.#owner.statistics();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner[Symbol.asyncDispose]();
  }
}

async function awaited<Outcome>(later: Later<Outcome>): Promise<Answer<Outcome>> {
  const answer = await later;
  if (answer.durable !== undefined) throw new Error("a remote answer rests on nothing");
  return answer;
}

/** The contract has names of a mebibyte; those of kv are shorter, and checked before anything is sent. */
function named(bytes: Uint8Array): BucketName {
  const bucket = parseBucketName(bytes);
  if (bucket !== undefined) return bucket;
  throw new RangeError(`Cannot name a bucket: not of 1 to ${bucketNameLimitBytes} bytes`);
}
