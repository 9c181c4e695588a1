import type { PlainOperations, Store } from "@kv/storage";
import type { NodeName } from "@kv/cluster";
import type { Passage, ServingBuckets, ServingRouter } from "../serving-router.ts";

/** A router that gives everything to one store, and keeps how the requests came. */
export class ServingStore implements ServingRouter {
  readonly node: NodeName;
  readonly passages: Passage[] = [];
  /** Another one when the test says that the routing table has changed. */
  table = 0;
  /** How many times it was told of what comes. */
  foreseen = 0;
  /** What serves plain requests; nothing by default, so that all go by {@link ServingStore.serving}. */
  plain: PlainOperations | undefined;
  readonly #buckets: ServingBuckets;

  /** What is in `others` is asked instead of the store. */
  constructor(node: NodeName, store: Store, others: Partial<ServingBuckets> = {}) {
    this.node = node;
    this.#buckets = {
      createBucket: (bucket) => store.createBucket(bucket),
      dropBucket: (bucket) => store.dropBucket(bucket),
      describeBucket: (bucket) => store.describeBucket(bucket),
      get: (bucket, key) => store.get(bucket, key),
      describeKey: (bucket, key) => store.describeKey(bucket, key),
      put: (bucket, fields, options) => store.put(bucket, fields, options),
      delete: (bucket, keys, condition) => store.delete(bucket, keys, condition),
      expire: (bucket, key, expiry) => store.expire(bucket, key, expiry),
      listBuckets: (options) => store.listBuckets(options),
      listKeys: (bucket, options) => store.listKeys(bucket, options),
      countBuckets: () => ({
        outcome: { type: "counted", buckets: store.statistics().buckets ?? 0 },
        durable: undefined,
      }),
      ...others,
    };
  }

  epoch(): number {
    return this.table;
  }

  foresee(): void {
    this.foreseen++;
  }

  plainAt(): PlainOperations | undefined {
    return this.plain;
  }

  serving(passage: Passage): ServingBuckets {
    this.passages.push(passage);
    return this.#buckets;
  }
}
