import type { NodeName } from "@kv/cluster";
import type { Cursor, ListBucketsOutcome, ListOptions } from "@kv/storage";
import type { CountBucketsOutcome } from "./kv.ts";
import { joinCursor, type ListingPlace, slotLimit, splitCursor } from "./listing-place.ts";
import { mapServed } from "./map-served.ts";
import type { Served } from "./remote/later.ts";

/** What a node can tell of the buckets that it stores. */
export interface BucketLister {
  listBuckets(options?: ListOptions): Served<ListBucketsOutcome>;
  countBuckets(): Served<CountBucketsOutcome>;
}

/**
 * The buckets of all nodes that have some by the table, and of this one: listed node by node, counted at all of them at
 * once. A node that cannot be asked fails the page, or the count, that needs it; nothing is left out.
 */
export class AllBuckets implements BucketLister {
  readonly #listers: () => ReadonlyMap<NodeName, BucketLister>;
  /**
   * The nodes that a cursor may name, by their number there. A number is never given to another node, so that a
   * cursor stays good when the table changes: nodes that come later are listed later.
   */
  readonly #slots: NodeName[] = [];

  /** `listers` are the nodes that have buckets now, this one first. */
  constructor(listers: () => ReadonlyMap<NodeName, BucketLister>) {
    this.#listers = listers;
  }

  /** A page: the next one may be of another node, and one may be empty that is not the last. */
  listBuckets({ cursor, limit }: ListOptions = {}): Served<ListBucketsOutcome> {
    const wanted = cursor === undefined ? beginning(0) : splitCursor(cursor);
    const found = this.#from(wanted.slot);
    if (found === undefined) return nothingListed;
    const { slot, lister } = found;
    const place = slot === wanted.slot ? wanted : beginning(slot);
    return mapServed(
      lister.listBuckets({ cursor: place.cursor, limit }),
      ({ page: { entries, next } }): ListBucketsOutcome => ({
        type: "listed",
        page: { entries, next: this.#next(slot, next) },
      }),
    );
  }

  countBuckets(): Served<CountBucketsOutcome> {
    const [first, ...others] = this.#listers().values();
    if (first === undefined) return counted(0);
    if (others.length === 0) return first.countBuckets();
    return sum([first, ...others].map((lister) => lister.countBuckets()));
  }

  #next(slot: number, next: Cursor | undefined): Cursor | undefined {
    if (next !== undefined) return joinCursor({ slot, cursor: next });
    const following = this.#from(slot + 1);
    return following === undefined ? undefined : joinCursor(beginning(following.slot));
  }

  /** The node with the lowest number from `least` on that has buckets now. */
  #from(least: number): { slot: number; lister: BucketLister } | undefined {
    const listers = this.#listers();
    for (const node of listers.keys()) {
      if (!this.#slots.includes(node)) this.#slots.push(node);
    }
    if (this.#slots.length > slotLimit) throw new Error("more nodes than a cursor tells apart");
    for (const [slot, node] of this.#slots.entries()) {
      const lister = slot < least ? undefined : listers.get(node);
      if (lister !== undefined) return { slot, lister };
    }
    return undefined;
  }
}

const nothingListed: Served<ListBucketsOutcome> = {
  outcome: { type: "listed", page: { entries: [], next: undefined } },
  durable: undefined,
};

function beginning(slot: number): ListingPlace {
  return { slot, cursor: undefined };
}

function counted(buckets: number): Awaited<Served<CountBucketsOutcome>> {
  return { outcome: { type: "counted", buckets }, durable: undefined };
}

async function sum(
  counts: readonly Served<CountBucketsOutcome>[],
): Promise<Awaited<Served<CountBucketsOutcome>>> {
  const answers = await Promise.all(counts.map(async (count) => await count));
  return counted(answers.reduce((total, { outcome }) => total + outcome.buckets, 0));
}
