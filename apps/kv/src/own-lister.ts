import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { BucketLister } from "./all-buckets.ts";
import { KvError } from "./errors.ts";

/**
 * The buckets that this node stores: none where it stores nothing (`"none"`). Throws `KV_NO_STORE` while its store is not
 * open.
 */
export function ownLister(self: NodeName, store: () => Store | "none" | undefined): BucketLister {
  const opened = (): Store | "none" => {
    const found = store();
    if (found === undefined) throw new KvError("KV_NO_STORE", { node: self });
    return found;
  };
  return {
    listBuckets(options) {
      const own = opened();
      if (own !== "none") return own.listBuckets(options);
      return {
        outcome: { type: "listed", page: { entries: [], next: undefined } },
        durable: undefined,
      };
    },
    countBuckets() {
      const own = opened();
      const buckets = own === "none" ? 0 : own.statistics().buckets;
      return { outcome: { type: "counted", buckets }, durable: undefined };
    },
  };
}
