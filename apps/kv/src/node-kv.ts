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

/** What a node's operators change beside its store, and what of that is offered here. */
export type NodeCare = Pick<NodeKv, "routing" | "fences" | "cluster">;

/**
 * The node's store behind its router, for those who look after it, and their `care`. All in one literal: an object that
 * more is added to later has its properties in a table, and every request would look them up there (2 % of a get).
 */
export function createNodeKv<Care extends Partial<NodeCare>>(
  router: Kv,
  child: Opened,
  {
    care,
    placement,
  }: {
    readonly care: Care;
    readonly placement?: Pick<ListedPlacement, "isServed" | "hiddenIn"> | undefined;
  },
): Omit<NodeKv, keyof NodeCare> & Care {
  const store = (): Store => {
    if (child.current === undefined) throw new KvError("KV_NO_STORE", { node: router.node });
    return child.current;
  };
  return {
    ...router,
    ...care,
    listOwnBuckets: (options) =>
      child.isWanted ? shown(store().listBuckets(options), placement) : noBuckets,
    storeOpening() {
      store();
      return child.opening;
    },
    statistics: () => statisticsOf(child, placement),
    crowd: child.crowd,
    maintenance() {
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
