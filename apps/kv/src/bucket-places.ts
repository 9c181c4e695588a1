import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { BucketName } from "./bucket-name.ts";
import { KvError } from "./errors.ts";
import { remoteNode } from "./moves/ask-nodes.ts";
import { holds } from "./placement/answered.ts";
import { Departure } from "./placement/departure.ts";
import { type BucketOperations, departingBuckets } from "./placement/departing-buckets.ts";
import type { Placement } from "./placement/placement.ts";
import { quoteBytes } from "./quote-bytes.ts";
import { hopsWith, NO_HOPS } from "./remote/hops.ts";
import { RemoteBuckets } from "./remote/remote-buckets.ts";
import type { Passage } from "./remote/serving-router.ts";
import type { RemoteTerms, Routes } from "./routes.ts";

/** Where buckets are looked for. */
export interface BucketPlacesOptions {
  readonly self: NodeName;
  readonly routes: () => Routes;
  /** This node's own store, `undefined` while it is not open; `"none"` for a node that never has one. */
  readonly store: () => Store | "none" | undefined;
  readonly remote: RemoteTerms;
  readonly placement: Pick<Placement, "isQuiet" | "find"> | undefined;
}

/** The operations that one bucket is served by: of this node's store, of another node's, or of a bucket on its way there. */
export type BucketPlace = Store | RemoteBuckets | BucketOperations;

/** Where a bucket's owner is, and by which move it has become that if nobody has told it yet. */
export interface Way {
  readonly node: NodeName;
  readonly activates?: string;
}

/** Finds for each request the place where its bucket is served. */
export class BucketPlaces {
  readonly #options: BucketPlacesOptions;

  constructor(options: BucketPlacesOptions) {
    this.#options = options;
  }

  /** This node's store if the bucket is served here, also on its way out; otherwise the node that is asked. */
  find(bucket: BucketName, hops: readonly NodeName[]): Store | Departure | Way {
    const { self, routes, store, placement } = this.#options;
    const opened = store();
    const owner = routes().owners[bucket[0] ?? 0];
    if (opened === undefined) throw new KvError("KV_NO_STORE", { node: self });
    if (opened !== "none") {
      if (placement !== undefined && !placement.isQuiet) {
        const place = placement.find(bucket, { owner, hops, store: opened });
        if (place?.type === "own") return opened;
        if (place?.type === "departing") return place.departure;
        if (place !== undefined) return place;
      } else if (owner === self || holds(opened, bucket)) return opened;
    }
    if (owner === undefined) throw new KvError("KV_NO_ROUTE", { bucket: quoteBytes(bucket) });
    if (owner === self) throw new KvError("KV_NO_STORE", { node: self });
    return { node: owner };
  }

  /** For a request that begins here. */
  ofClient(bucket: BucketName): BucketPlace {
    const found = this.find(bucket, NO_HOPS.nodes);
    if (found instanceof Departure) return this.#departing(found, (again) => this.ofClient(again));
    if (!("node" in found)) return found;
    this.#announce(found, bucket);
    return this.#options.routes().wayTo(found.node);
  }

  /** For a request that came from another node. */
  ofNode(bucket: BucketName, passage: Passage): BucketPlace {
    const found = this.find(bucket, passage.hops.nodes);
    if (found instanceof Departure) {
      return this.#departing(found, (again) => this.ofNode(again, passage));
    }
    if (!("node" in found)) return found;
    const way = passedOn(found.node, passage, this.#options);
    this.#announce(found, bucket);
    return way;
  }

  #departing(departure: Departure, again: (bucket: BucketName) => BucketPlace): BucketOperations {
    const { self, store } = this.#options;
    const opened = store();
    if (opened === undefined || opened === "none") throw new KvError("KV_NO_STORE", { node: self });
    return departingBuckets(opened, departure, () => operationsAt(again));
  }

  /** A new owner is told that it is that before it is asked: it may be the first to hear of it. */
  #announce({ node, activates }: Way, bucket: BucketName): void {
    if (activates === undefined) return;
    const { self, remote } = this.#options;
    remoteNode({ ...remote, self }, node).activateMove({ bucket, moveId: activates });
  }
}

/** Each operation on one bucket, done at the place that `placeFor` finds for it. */
export function operationsAt(placeFor: (bucket: BucketName) => BucketPlace): BucketOperations {
  return {
    createBucket: (bucket) => placeFor(bucket).createBucket(bucket),
    get: (bucket, key) => placeFor(bucket).get(bucket, key),
    describeKey: (bucket, key) => placeFor(bucket).describeKey(bucket, key),
    put: (bucket, fields, options) => placeFor(bucket).put(bucket, fields, options),
    delete: (bucket, keys, condition) => placeFor(bucket).delete(bucket, keys, condition),
    dropBucket: (bucket) => placeFor(bucket).dropBucket(bucket),
    expire: (bucket, key, expiry) => placeFor(bucket).expire(bucket, key, expiry),
    listKeys: (bucket, options) => placeFor(bucket).listKeys(bucket, options),
    describeBucket: (bucket) => placeFor(bucket).describeBucket(bucket),
  };
}

/** The buckets of `owner` for a request that came this way and goes on. */
function passedOn(
  owner: NodeName,
  { hops, timeoutMs }: Passage,
  { self, remote: { caller, clock } }: { readonly self: NodeName; readonly remote: RemoteTerms },
): RemoteBuckets {
  if (hops.nodes.includes(self)) {
    throw new KvError("KV_ROUTING_LOOP", { path: [...hops.nodes, self] });
  }
  return new RemoteBuckets({ caller, clock, node: owner, hops: hopsWith(hops, self), timeoutMs });
}
