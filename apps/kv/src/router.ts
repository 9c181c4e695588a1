import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import { AllBuckets, type BucketLister } from "./all-buckets.ts";
import { BucketPlaces, operationsAt } from "./bucket-places.ts";
import type { Kv } from "./kv.ts";
import { type ListedPlacement, ownLister } from "./own-lister.ts";
import type { Placement } from "./placement/placement.ts";
import { NO_HOPS } from "./remote/hops.ts";
import { RemoteBuckets } from "./remote/remote-buckets.ts";
import type { Passage, ServingBuckets, ServingRouter } from "./remote/serving-router.ts";
import { type RemoteTerms, routesInForce } from "./routes.ts";
import { StoreAsker } from "./store-asker.ts";
import type { RoutingReader, RoutingTable } from "./routing-table.ts";

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
  "isQuiet" | "find" | "asked" | "version" | "previousOwners"
> &
  ListedPlacement;

/** The buckets of all nodes, for clients of this one and for the other nodes. */
export interface Router extends Kv, ServingRouter {
  readonly node: NodeName;
  /** What {@link ServingRouter} says. What it returns is good until it is called again. */
  serving(passage: Passage): ServingBuckets;
}

/**
 * Takes each request to the store of the bucket's owner. Who serves a bucket, in this order: what `Placement` says of one that is or
 * was on its way; this node when the table names it; this node when it holds the bucket whatever the table says (so that a changed
 * table hides nothing); otherwise the owner the table names, which is asked and goes by its own table.
 *
 * A request of another node that would be passed on by a node that has passed it on before, to one that has, too, is a `KV_ROUTING_LOOP`;
 * one that was passed on too often, `KV_TOO_MANY_HOPS`.
 */
export function createRouter({ reader, table, store, remote, placement }: RouterOptions): Router {
  const { self } = reader;
  const routes = routesInForce({ reader, table, remote });
  const places = new BucketPlaces({ self, routes, store, remote, placement });
  const atClients = operationsAt((bucket) => places.ofClient(bucket));
  let asker: StoreAsker | undefined;
  const askerOf = (opened: Store): StoreAsker => {
    if (asker?.store !== opened) asker = new StoreAsker(opened);
    return asker;
  };
  const own = ownLister({ self, store, placement, ask: atClients });
  const epochOf = epochs();
  const all = new AllBuckets(() => {
    const { remotes, wayTo } = routes();
    const listers = new Map<NodeName, BucketLister>([[self, own], ...remotes]);
    for (const node of placement?.previousOwners ?? []) {
      if (!listers.has(node)) listers.set(node, wayTo(node));
    }
    return listers;
  });

  let passage: Passage = { hops: NO_HOPS, timeoutMs: 0 };
  const atNodes = operationsAt((bucket) => places.ofNode(bucket, passage));
  const served: ServingBuckets = { ...atNodes, ...own };

  return {
    ...atClients,
    node: self,
    epoch: () => epochOf(routes(), placement?.version),
    read(key, sink) {
      const place = places.find(key.bucket, NO_HOPS.nodes);
      return "read" in place ? place.read(key, sink) : undefined;
    },
    write(field) {
      const place = places.find(field.bucket, NO_HOPS.nodes);
      // What goes to a bucket on its way out is noted where all operations are done.
      return "read" in place ? place.write(field) : undefined;
    },
    elsewhere(bucket) {
      const place = places.ofClient(bucket);
      if (place instanceof RemoteBuckets) return place;
      return "traits" in place && !place.traits.answersAtOnce ? askerOf(place) : undefined;
    },
    foresee(keys, count) {
      const opened = store();
      if (opened !== undefined && opened !== "none") opened.foresee(keys, count);
    },
    listBuckets: (options) => all.listBuckets(options),
    countBuckets: () => all.countBuckets(),
    plainAt(bucket, hops) {
      const place = places.find(bucket, hops);
      return "read" in place ? place : undefined;
    },
    serving(passed) {
      passage = passed;
      return served;
    },
  };
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
