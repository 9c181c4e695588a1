import type { NodeName } from "@kv/cluster";
import type {
  Answering,
  BucketOutcome,
  GetOutcome,
  KeyAbout,
  KeyOutcome,
  KeyPlace,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  ReadResult,
  Store,
  StoreStatistics,
  StoreTraits,
  ValueSink,
} from "@kv/storage";
import { KvError } from "../errors.ts";

/** A store as clients and other nodes see it while it is fenced: it answers reads, and refuses what would change it with `KV_FENCED`. */
export class FencedStore implements Store {
  readonly traits: StoreTraits;
  readonly #store: Store;
  readonly #node: NodeName;

  constructor(store: Store, node: NodeName) {
    this.traits = store.traits;
    this.#store = store;
    this.#node = node;
  }

  createBucket(): never {
    return this.#refuse();
  }

  dropBucket(): never {
    return this.#refuse();
  }

  put(): never {
    return this.#refuse();
  }

  write(): never {
    return this.#refuse();
  }

  delete(): never {
    return this.#refuse();
  }

  expire(): never {
    return this.#refuse();
  }

  raiseRevision(): never {
    return this.#refuse();
  }

  describeBucket(bucket: Uint8Array): Answering<BucketOutcome> {
    return this.#store.describeBucket(bucket);
  }

  get(bucket: Uint8Array, key: Uint8Array): Answering<GetOutcome> {
    return this.#store.get(bucket, key);
  }

  read(key: KeyPlace, sink: ValueSink, about?: KeyAbout): ReadResult {
    return this.#store.read(key, sink, about);
  }

  lacks(bucket: Uint8Array): boolean {
    return this.#store.lacks(bucket);
  }

  foresee(keys: Parameters<Store["foresee"]>[0], count: number): void {
    this.#store.foresee(keys, count);
  }

  describeKey(bucket: Uint8Array, key: Uint8Array): Answering<KeyOutcome> {
    return this.#store.describeKey(bucket, key);
  }

  listBuckets(options?: ListOptions): Answering<ListBucketsOutcome> {
    return this.#store.listBuckets(options);
  }

  listKeys(bucket: Uint8Array, options?: ListOptions): Answering<ListKeysOutcome> {
    return this.#store.listKeys(bucket, options);
  }

  statistics(): StoreStatistics {
    return this.#store.statistics();
  }

  /** The store is closed by whoever opened it. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #refuse(): never {
    throw new KvError("KV_FENCED", { node: this.#node });
  }
}
