import type { StatusSection } from "@kv/application";
import type { Store } from "@kv/storage";
import { KvError } from "./errors.ts";
import type { Kv, NodeKv } from "./kv.ts";
import type { StoreChild } from "./store-child.ts";

/** The node's store behind its router, for those who look after it. */
export function createNodeKv(router: Kv, child: Pick<StoreChild, "current" | "opening">): NodeKv {
  const store = (): Store => {
    if (child.current === undefined) throw new KvError("KV_NO_STORE", { node: router.node });
    return child.current;
  };
  return {
    ...router,
    get storeOpening() {
      store();
      return child.opening;
    },
    statistics: () => statisticsOf(child.current),
    get maintenance() {
      return store();
    },
  };
}

/** What `status` shows: the engine, and its figures as it gives them. */
export function statusOf(node: string, store: Store | undefined): StatusSection {
  if (store === undefined) return { node, store: "not open" };
  return { node, engine: store.traits.engine, ...statisticsOf(store) };
}

/** The figures of an engine that is open, as JSON can hold them. */
function statisticsOf(store: Store | undefined): Readonly<Record<string, unknown>> | undefined {
  return store === undefined ? undefined : { ...store.statistics() };
}
