import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { BucketName } from "./bucket-name.ts";
import { KvError } from "./errors.ts";
import { remoteNode } from "./moves/ask-nodes.ts";
import { holds } from "./placement/answered.ts";
import { Departure } from "./placement/departure.ts";
import { type Claim, Claims } from "./placement/claims.ts";
import { deferredBuckets } from "./placement/deferred-buckets.ts";
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
  readonly placement: Pick<Placement, "isQuiet" | "find" | "asked"> | undefined;
}

/** The operations that one bucket is served by: of this node's store, of another node's, or of a bucket on its way there. */
export type BucketPlace = Store | RemoteBuckets | BucketOperations;

/** Where a bucket's owner is, and by which move it has become that if nobody has told it yet. */
export interface Way {
  readonly node: NodeName;
  readonly activates?: string;
}

type Found = Store | Departure | Way | Claim;

/** Others are being asked already. */
const CLAIMED: Claim = { type: "claim", asked: [] };

/** Finds for each request the place where its bucket is served. */
export class BucketPlaces {
  readonly #options: BucketPlacesOptions;
  readonly #claims: Claims;

  constructor(options: BucketPlacesOptions) {
    this.#options = options;
    this.#claims = new Claims({
      ...options,
      activate: (node, bucket, moveId) => this.#announce({ node, activates: moveId }, bucket),
    });
  }

  /** This node's store if the bucket is served here, also on its way out; otherwise the node that is asked. */
  find(bucket: BucketName, hops: readonly NodeName[]): Found {
    // What comes back to this node is asked for by somebody who waits already.
    if (this.#claims.isUnderWay(bucket) && !hops.includes(this.#options.self)) return CLAIMED;
    return this.#find(bucket, hops);
  }

  #find(bucket: BucketName, hops: readonly NodeName[]): Found {
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
    if ("asked" in found) {
      return this.#claiming(found, { hops: NO_HOPS, timeoutMs: this.#options.remote.timeoutMs() });
    }
    if (found instanceof Departure) return this.#departing(found, (again) => this.ofClient(again));
    if (!("node" in found)) return found;
    this.#announce(found, bucket);
    return this.#options.routes().wayTo(found.node);
  }

  /** For a request that came from another node. */
  ofNode(bucket: BucketName, passage: Passage): BucketPlace {
    if (passage.hops.asksFormerOwner === true) return this.#ofAsker(passage);
    return this.#placeOf(this.find(bucket, passage.hops.nodes), bucket, passage);
  }

  // oxlint-disable-next-line max-params -- what was found, for what, and how that came here
  #placeOf(found: Found, bucket: BucketName, passage: Passage): BucketPlace {
    if ("asked" in found) return this.#claiming(found, passage);
    if (found instanceof Departure) {
      return this.#departing(found, (again) => this.ofNode(again, passage));
    }
    if (!("node" in found)) return found;
    const way = passedOn(found.node, passage, this.#options);
    this.#announce(found, bucket);
    return way;
  }

  /** For a bucket that this node is to serve, if nobody does by a table from before. */
  #claiming(claim: Claim, { hops, timeoutMs }: Passage): BucketOperations {
    const { self, remote, placement, store } = this.#options;
    const deadlineMs = remote.clock() + timeoutMs;
    return this.#claims.buckets(claim, deadlineMs, {
      find: (bucket) => {
        const found = this.#find(bucket, hops.nodes);
        return "asked" in found ? found : undefined;
      },
      place: (bucket) => {
        const left = deadlineMs - remote.clock();
        if (left <= 0) throw new KvError("KV_TOO_LATE", { node: self });
        const onward = { hops, timeoutMs: left };
        const found = this.#find(bucket, hops.nodes);
        if (!("asked" in found)) return this.#placeOf(found, bucket, onward);
        placement?.asked.claimed(bucket);
        // Whom it was given to does not have it any more: it may be another one's by the table.
        const nobodys = this.#find(bucket, hops.nodes);
        if (!("asked" in nobodys)) return this.#placeOf(nobodys, bucket, onward);
        const opened = store();
        if (opened === undefined || opened === "none") {
          throw new KvError("KV_NO_STORE", { node: self });
        }
        return opened;
      },
    });
  }

  /** For a node that looks for a bucket at those who had it. */
  #ofAsker({ hops }: Passage): BucketOperations {
    const { self, store, placement } = this.#options;
    const asker = hops.nodes.at(-1);
    if (asker === undefined) throw new Error("somebody asks");
    return deferredBuckets(async ({ bucket, creates, doAt }) => {
      // Of two that look for it at once, one has to wait.
      if (creates && self < asker && this.#claims.isUnderWay(bucket)) {
        await this.#claims.settled(bucket);
      }
      const opened = store();
      if (opened === undefined) throw new KvError("KV_NO_STORE", { node: self });
      if (opened === "none") throw new KvError("KV_NOT_HERE", { node: self });
      const place = placement?.asked.find(bucket, asker, opened);
      if (place?.type === "own") return doAt(opened);
      if (place?.type === "departing") {
        const again = (): BucketOperations => this.#ofAsker({ hops, timeoutMs: 0 });
        return doAt(departingBuckets(opened, place.departure, again));
      }
      if (place !== undefined) {
        const { node: to, activates: moveId = "" } = place;
        throw new KvError("KV_GIVEN_AWAY", { node: self, to, moveId });
      }
      if (creates) await placement?.asked.giveUnmade(bucket, asker);
      throw new KvError("KV_NOT_HERE", { node: self });
    });
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

/**
 * The buckets of `owner` for a request that came this way and goes on. One that comes back goes in a circle, unless this node knows better by now
 * than when it passed the request on before: then it leads to a node that the request was not at.
 */
function passedOn(
  owner: NodeName,
  { hops, timeoutMs }: Passage,
  { self, remote: { caller, clock } }: { readonly self: NodeName; readonly remote: RemoteTerms },
): RemoteBuckets {
  if (hops.nodes.includes(self) && hops.nodes.includes(owner)) {
    throw new KvError("KV_ROUTING_LOOP", { path: [...hops.nodes, self] });
  }
  const onward = hopsWith(hops, self);
  return new RemoteBuckets({
    caller,
    clock,
    node: owner,
    hops: onward,
    timeoutMs: () => timeoutMs,
  });
}
