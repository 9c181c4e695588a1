import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import { remoteNode } from "./moves/ask-nodes.ts";
import { Departure } from "./placement/departure.ts";
import { type BucketOperations, departingBuckets } from "./placement/departing-buckets.ts";
import type { Placement } from "./placement/placement.ts";
import { AllBuckets, type BucketLister } from "./all-buckets.ts";
import type { BucketName } from "./bucket-name.ts";
import { KvError } from "./errors.ts";
import type { Kv } from "./kv.ts";
import { ownLister } from "./own-lister.ts";
import { quoteBytes } from "./quote-bytes.ts";
import { hopsWith, NO_HOPS } from "./remote/hops.ts";
import type { Caller } from "./remote/link.ts";
import { RemoteBuckets } from "./remote/remote-buckets.ts";
import type { Passage, ServingBuckets, ServingRouter } from "./remote/serving-router.ts";
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
  /** This node's own store, `undefined` while it is not open; `"none"` for a node that never has one. */
  readonly store: () => Store | "none" | undefined;
  readonly remote: RemoteTerms;
  /** What was moved, and is being moved; nothing by default. */
  readonly placement?: RouterPlacement | undefined;
}

/** What a router asks of a `Placement`. */
export type RouterPlacement = Pick<
  Placement,
  "find" | "hiddenIn" | "isQuiet" | "isServed" | "version"
>;

/** How other nodes are asked. */
export interface RemoteTerms {
  readonly caller: Caller;
  /** The caller's clock, in milliseconds. */
  readonly clock: () => number;
  /** How long a request that begins here may take. */
  readonly timeoutMs: () => number;
}

/** The buckets of all nodes, for clients of this one and for the other nodes. */
export interface Router extends Kv, ServingRouter {
  readonly node: NodeName;
  /** What {@link ServingRouter} says. What it returns is good until it is called again. */
  serving(passage: Passage): ServingBuckets;
}

/** The operations that one bucket is served by: of this node's store, of another node's, or of a bucket on its way there. */
type BucketPlace = Store | RemoteBuckets | BucketOperations;

/** A table as requests go by it. */
interface Routes {
  readonly owners: CompiledRoutingTable;
  /** The owners but for this node, as requests that begin here reach them. */
  readonly remotes: ReadonlyMap<NodeName, RemoteBuckets>;
  /** Any node, as requests that begin here reach it. */
  readonly wayTo: (node: NodeName) => RemoteBuckets;
}

/**
 * Takes each request to the store of the bucket's owner. Who serves a bucket, in this order: what `Placement` says of one that is or
 * was on its way; this node when the table names it; this node when it holds the bucket whatever the table says (so that a changed
 * table hides nothing); otherwise the owner the table names, which is asked and goes by its own table.
 *
 * A request of another node that would be passed on by a node that has passed it on before is a `KV_ROUTING_LOOP`; one that
 * too many have passed on, `KV_TOO_MANY_HOPS`.
 */
export function createRouter({ reader, table, store, remote, placement }: RouterOptions): Router {
  const { self } = reader;
  const routes = routesInForce({ reader, table, remote });
  const own = ownLister(self, store, placement);
  const epochOf = epochs();
  const all = new AllBuckets(() => listersOf(routes(), self, own));

  /** This node's store if the bucket is served here, also on its way out; otherwise the node that is asked. */
  function find(bucket: BucketName, hops: readonly NodeName[]): Store | Departure | Way {
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

  function placeFor(bucket: BucketName): BucketPlace {
    const found = find(bucket, NO_HOPS.nodes);
    if (found instanceof Departure) return departing(found, () => operationsAt(placeFor));
    if (!("node" in found)) return found;
    announce(found, bucket);
    return routes().wayTo(found.node);
  }

  let passage: Passage = { hops: NO_HOPS, timeoutMs: 0 };

  function placeForPassed(bucket: BucketName): BucketPlace {
    return placeBy(bucket, passage);
  }

  function placeBy(bucket: BucketName, by: Passage): BucketPlace {
    const found = find(bucket, by.hops.nodes);
    if (found instanceof Departure) {
      return departing(found, () => operationsAt((again) => placeBy(again, by)));
    }
    if (!("node" in found)) return found;
    const way = passedOn(found.node, by, { self, remote });
    announce(found, bucket);
    return way;
  }

  function departing(departure: Departure, again: () => BucketOperations): BucketOperations {
    const opened = store();
    if (opened === undefined || opened === "none") throw new KvError("KV_NO_STORE", { node: self });
    return departingBuckets(opened, departure, again);
  }

  /** A new owner is told that it is that before it is asked: it may be the first to hear of it. */
  function announce({ node, activates }: Way, bucket: BucketName): void {
    if (activates === undefined) return;
    remoteNode({ ...remote, self }, node).activateMove({ bucket, moveId: activates });
  }

  const served: ServingBuckets = { ...operationsAt(placeForPassed), ...own };

  return {
    node: self,
    get epoch() {
      return epochOf(routes(), placement?.version);
    },
    read(key, sink) {
      const found = find(key.bucket, NO_HOPS.nodes);
      return "read" in found ? found.read(key, sink) : undefined;
    },
    foresee(keys, count) {
      const opened = store();
      if (opened !== undefined && opened !== "none") opened.foresee(keys, count);
    },
    ...operationsAt(placeFor),
    listBuckets: (options) => all.listBuckets(options),
    countBuckets: () => all.countBuckets(),
    serving(passed) {
      passage = passed;
      return served;
    },
  };
}

/** Where a bucket's owner is, and by which move it has become that if nobody has told it yet. */
interface Way {
  readonly node: NodeName;
  readonly activates?: string;
}

/** The same object as long as nothing has changed. */
function epochs(): (routes: object, version: object | undefined) => object {
  let [routesBefore, versionBefore]: (object | undefined)[] = [];
  let epoch = {};
  return (routes, version) => {
    if (routes !== routesBefore || version !== versionBefore) epoch = {};
    [routesBefore, versionBefore] = [routes, version];
    return epoch;
  };
}

/** Each operation on one bucket, done at the place that `placeFor` finds for it. */
function operationsAt(placeFor: (bucket: BucketName) => BucketPlace): BucketOperations {
  return {
    createBucket: (bucket) => placeFor(bucket).createBucket(bucket),
    get: (bucket, key) => placeFor(bucket).get(bucket, key),
    describeKey: (bucket, key) => placeFor(bucket).describeKey(bucket, key),
    put: (bucket, fields, options) => placeFor(bucket).put(bucket, fields, options),
    delete: (bucket, keys, condition) => placeFor(bucket).delete(bucket, keys, condition),
    dropBucket: (bucket) => placeFor(bucket).dropBucket(bucket),
    expire: (bucket, key, expiresAtMs) => placeFor(bucket).expire(bucket, key, expiresAtMs),
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

function listersOf(
  { remotes }: Routes,
  self: NodeName,
  own: BucketLister,
): ReadonlyMap<NodeName, BucketLister> {
  return new Map<NodeName, BucketLister>([[self, own], ...remotes]);
}

/** The table in force, made into ways: anew when it is another one than at the last look. */
function routesInForce({
  reader,
  table,
  remote: { caller, clock, timeoutMs },
}: Omit<RouterOptions, "store">): () => Routes {
  const hops = hopsWith(NO_HOPS, reader.self);
  const wayTo = (node: NodeName): RemoteBuckets =>
    new RemoteBuckets({
      caller,
      clock,
      node,
      hops,
      get timeoutMs() {
        return timeoutMs();
      },
    });
  const compile = (source: RoutingTable): Routes => {
    const owners = compileRoutingTable(source, reader);
    const remotes = new Map<NodeName, RemoteBuckets>();
    for (const node of new Set(owners)) {
      if (node !== undefined && node !== reader.self) remotes.set(node, wayTo(node));
    }
    const others = new Map<NodeName, RemoteBuckets>();
    const wayToAny = (node: NodeName): RemoteBuckets => {
      const way = remotes.get(node) ?? others.get(node) ?? wayTo(node);
      others.set(node, way);
      return way;
    };
    return { owners, remotes, wayTo: wayToAny };
  };
  let source = table();
  let compiled = compile(source);
  return () => {
    const current = table();
    if (current !== source) {
      source = current;
      compiled = compile(source);
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
