import type { NodeName } from "@kv/cluster";
import type { Answer, Answering, ListBucketsOutcome, ListedBucket, Store } from "@kv/storage";
import type { BucketLister } from "./all-buckets.ts";
import type { CountBucketsOutcome } from "./kv.ts";
import { KvError } from "./errors.ts";
import type { Misplaced } from "./moves/mover.ts";
import type { Placement } from "./placement/placement.ts";
import type { BucketOperations } from "./placement/departing-buckets.ts";

/** What a lister asks of a `Placement`: what lies in the store and is not served from there, and what has just gone elsewhere. */
export type ListedPlacement = Pick<Placement, "hiddenIn" | "isServed" | "leftUnderPlan">;

/** Whose buckets are listed. */
export interface OwnListerOptions {
  readonly self: NodeName;
  /** `undefined` while it is not open, `"none"` where nothing is stored. */
  readonly store: () => Store | "none" | undefined;
  readonly placement: ListedPlacement | undefined;
  /**
   * Finds each bucket where it is now. A new owner that is asked in any other way may not know yet that it is that, and would take
   * the copy that it has got for one that nobody will finish.
   */
  readonly ask: Pick<BucketOperations, "describeBucket">;
}

/**
 * The buckets that this node stores: none where it stores nothing. While buckets are being moved, also those that it has given away
 * and that are there: whoever lists one node after the other might have asked the new owner too early. Throws `KV_NO_STORE` while its
 * store is not open.
 */
export function ownLister({ self, store, placement, ask }: OwnListerOptions): BucketLister {
  const opened = (): Store | "none" => {
    const found = store();
    if (found === undefined) throw new KvError("KV_NO_STORE", { node: self });
    return found;
  };
  return {
    listBuckets(options) {
      const own = opened();
      if (own !== "none") {
        const listing = shown(own.listBuckets(options), placement);
        const left = placement?.leftUnderPlan() ?? [];
        return left.length === 0 ? listing : withLeft(listing, left, ask);
      }
      return {
        outcome: { type: "listed", page: { entries: [], next: undefined } },
        durable: undefined,
      };
    },
    countBuckets() {
      const own = opened();
      if (own === "none") return counted(0);
      if (own.countBuckets !== undefined) return own.countBuckets().then(counted);
      const hidden = placement?.hiddenIn(own).buckets ?? 0;
      return counted((own.statistics().buckets ?? 0) - hidden);
    },
  };
}

function counted(buckets: number): Answer<CountBucketsOutcome> {
  return { outcome: { type: "counted", buckets }, durable: undefined };
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

/** The last page has what was given away too; one that cannot be asked for fails the page. */
async function withLeft(
  listing: Answering<ListBucketsOutcome>,
  left: readonly Misplaced[],
  ask: OwnListerOptions["ask"],
): Promise<Answer<ListBucketsOutcome>> {
  const answer = await listing;
  const { entries, next } = answer.outcome.page;
  if (next !== undefined) return answer;
  const found = await Promise.all(
    left.map(async ({ bucket }): Promise<readonly ListedBucket[]> => {
      const { outcome } = await ask.describeBucket(bucket);
      if (outcome.type === "no-bucket") return [];
      const { revision, expiresAtMs, lifetime } = outcome;
      return [{ bucket, revision, expiresAtMs, lifetime }];
    }),
  );
  const page = { entries: [...entries, ...found.flat()], next };
  return { outcome: { type: "listed", page }, durable: answer.durable };
}
