import type { StatusSection } from "@kv/application";
import type { Answering, ListBucketsOutcome, Store } from "@kv/storage";
import { KvError } from "./errors.ts";
import type { Kv, NodeKv } from "./kv.ts";
import { type ListedPlacement, shown } from "./own-lister.ts";
import type { StoreChild } from "./store-child.ts";

/** The node's own store, if it is open. */
type Opened = Pick<StoreChild, "crowd" | "current" | "isWanted" | "opening" | "sync">;

/** What a node lists that stores nothing. */
const noBuckets: Answering<ListBucketsOutcome> = {
  outcome: { type: "listed", page: { entries: [], next: undefined } },
  durable: undefined,
};

/** The node's store behind its router, for those who look after it; what changes the routing table is somebody else's. */
export function createNodeKv(
  router: Kv,
  child: Opened,
  placement?: Pick<ListedPlacement, "isServed" | "hiddenIn">,
): Omit<NodeKv, "routing"> {
  const store = (): Store => {
    if (child.current === undefined) throw new KvError("KV_NO_STORE", { node: router.node });
    return child.current;
  };
  // What is spread is a getter's value of this moment; and to put a getter in its place would make all look-ups here slow.
  const { epoch: _epoch, ...operations } = router;
  return {
    ...operations,
    get epoch() {
      return router.epoch;
    },
    listOwnBuckets: (options) =>
      child.isWanted ? shown(store().listBuckets(options), placement) : noBuckets,
    get storeOpening() {
      store();
      return child.opening;
    },
    statistics: () => statisticsOf(child, placement),
    crowd: child.crowd,
    get maintenance() {
      return store();
    },
  };
}

/** What `status` shows: the engine, and its figures as it gives them. */
export function statusOf(
  node: string,
  child: Opened,
  placement?: Pick<ListedPlacement, "hiddenIn">,
): StatusSection {
  const { current: store } = child;
  if (!child.isWanted) return { node, engine: "none" };
  if (store === undefined) return { node, store: "not open" };
  return { node, engine: store.traits.engine, ...statisticsOf(child, placement) };
}

/** The figures of an engine that is open, as JSON can hold them, behind what it promises of a write: `sync`. */
function statisticsOf(
  { current, sync }: Opened,
  placement: Pick<ListedPlacement, "hiddenIn"> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  if (current === undefined) return undefined;
  const figures = current.statistics();
  const promise = sync === undefined ? {} : { sync };
  const { buckets, keys } = figures;
  if (buckets === undefined || keys === undefined) return { ...promise, ...figures };
  const hidden = placement?.hiddenIn(current) ?? { buckets: 0, keys: 0 };
  return {
    ...promise,
    ...figures,
    buckets: buckets - hidden.buckets,
    // Those that have lapsed may be counted in one and not in the other.
    keys: Math.max(0, keys - hidden.keys),
  };
}
