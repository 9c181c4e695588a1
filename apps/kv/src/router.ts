import type { Store } from "@kv/storage";
import type { BucketName } from "./bucket-name.ts";
import { KvError } from "./errors.ts";
import type { Kv } from "./kv.ts";
import { quoteBytes } from "./quote-bytes.ts";
import {
  type CompiledRoutingTable,
  compileRoutingTable,
  type RoutingReader,
  type RoutingTable,
} from "./routing-table.ts";

/** What a router looks at anew for every request. */
export interface RouterOptions {
  readonly reader: RoutingReader;
  /** The table in force. */
  readonly table: () => RoutingTable;
  /** This node's own store, `undefined` while it is not open. */
  readonly store: () => Store | undefined;
}

/**
 * Takes each request to the store of the bucket's owner. Who serves a bucket, in this order: this node when
 * the table names it, this node when it holds the bucket whatever the table says (so that a changed table
 * hides nothing), otherwise the owner the table names.
 */
export function createRouter({ reader, table, store }: RouterOptions): Kv {
  const owners = compiledOnChange(reader, table);

  function ownStore(): Store {
    const own = store();
    if (own === undefined) throw new KvError("KV_NO_STORE", { node: reader.self });
    return own;
  }

  function storeFor(bucket: BucketName): Store {
    const own = ownStore();
    const owner = owners()[bucket[0] ?? 0];
    if (owner === reader.self || holds(own, bucket)) return own;
    if (owner === undefined) throw new KvError("KV_NO_ROUTE", { bucket: quoteBytes(bucket) });
    throw new KvError("KV_NO_CONNECTION", { node: owner });
  }

  return {
    node: reader.self,
    get epoch() {
      return owners();
    },
    createBucket: (bucket) => storeFor(bucket).createBucket(bucket),
    get: (bucket, key) => storeFor(bucket).get(bucket, key),
    read: (key, sink) => storeFor(key.bucket).read(key, sink),
    foresee: (keys, count) => store()?.foresee(keys, count),
    describeKey: (bucket, key) => storeFor(bucket).describeKey(bucket, key),
    put: (bucket, fields, options) => storeFor(bucket).put(bucket, fields, options),
    delete: (bucket, keys, condition) => storeFor(bucket).delete(bucket, keys, condition),
    dropBucket: (bucket) => storeFor(bucket).dropBucket(bucket),
    expire: (bucket, key, expiresAtMs) => storeFor(bucket).expire(bucket, key, expiresAtMs),
    listBuckets: (options) => ownStore().listBuckets(options),
    countBuckets: () => ({
      outcome: { type: "counted", buckets: ownStore().statistics().buckets },
      durable: undefined,
    }),
    listKeys: (bucket, options) => storeFor(bucket).listKeys(bucket, options),
    describeBucket: (bucket) => storeFor(bucket).describeBucket(bucket),
  };
}

/** The compiled form of the table in force: compiled when it is another one than at the last look. */
function compiledOnChange(
  reader: RoutingReader,
  table: () => RoutingTable,
): () => CompiledRoutingTable {
  let source = table();
  let compiled = compileRoutingTable(source, reader);
  return () => {
    const current = table();
    if (current !== source) {
      source = current;
      compiled = compileRoutingTable(source, reader);
    }
    return compiled;
  };
}

/**
 * Whether `store` has the bucket. Only asked of this node's own engine, which answers at once; one that
 * answers by a promise shares its buckets among all nodes and has no routing table.
 */
function holds(store: Store, bucket: BucketName): boolean {
  const answer = store.describeBucket(bucket);
  return "outcome" in answer && answer.outcome.type !== "no-bucket";
}
