import type { NodeName } from "@kv/cluster";
import type { Answer, Answering, ListBucketsOutcome, Store } from "@kv/storage";
import type { BucketLister } from "./all-buckets.ts";
import { KvError } from "./errors.ts";
import type { Placement } from "./placement/placement.ts";

/** What a lister asks of a `Placement`: what lies in the store and is not served from there. */
export type ListedPlacement = Pick<Placement, "hiddenIn" | "isServed">;

/**
 * The buckets that this node stores: none where it stores nothing (`"none"`). Throws `KV_NO_STORE` while its store is not
 * open.
 */
export function ownLister(
  self: NodeName,
  store: () => Store | "none" | undefined,
  placement?: ListedPlacement,
): BucketLister {
  const opened = (): Store | "none" => {
    const found = store();
    if (found === undefined) throw new KvError("KV_NO_STORE", { node: self });
    return found;
  };
  return {
    listBuckets(options) {
      const own = opened();
      if (own !== "none") return shown(own.listBuckets(options), placement);
      return {
        outcome: { type: "listed", page: { entries: [], next: undefined } },
        durable: undefined,
      };
    },
    countBuckets() {
      const own = opened();
      const buckets =
        own === "none" ? 0 : own.statistics().buckets - (placement?.hiddenIn(own) ?? 0);
      return { outcome: { type: "counted", buckets }, durable: undefined };
    },
  };
}

/** A page without what lies in the store and is not a bucket of this node. */
export function shown(
  listing: Answering<ListBucketsOutcome>,
  placement: Pick<ListedPlacement, "isServed"> | undefined,
): Answering<ListBucketsOutcome> {
  if (placement === undefined) return listing;
  if (listing instanceof Promise) return listing.then((answer) => shownNow(answer, placement));
  return shownNow(listing, placement);
}

function shownNow(
  { outcome, durable }: Answer<ListBucketsOutcome>,
  placement: Pick<ListedPlacement, "isServed">,
): Answer<ListBucketsOutcome> {
  const { entries, next } = outcome.page;
  const served = entries.filter(({ bucket }) => placement.isServed(bucket));
  return { outcome: { type: "listed", page: { entries: served, next } }, durable };
}
