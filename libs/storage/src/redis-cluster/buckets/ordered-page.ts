import { orderOf } from "./list-cursor.ts";

/** A part of some entries, and where the next one begins; `undefined` when none are left. */
export interface OrderedPart<Entry> {
  readonly entries: readonly Entry[];
  readonly next: number | undefined;
}

/**
 * Up to `limit` of `entries` from the order `from` on, in the order of their names' hashes. Those with one hash are not parted, so that there may
 * be some more, rarely.
 */
export function orderedPart<Entry>(
  entries: readonly Entry[],
  nameOf: (entry: Entry) => Uint8Array,
  { from, limit }: { readonly from: number; readonly limit: number },
): OrderedPart<Entry> {
  const rest = entries
    .map((entry) => ({ entry, order: orderOf(nameOf(entry)) }))
    .filter(({ order }) => order >= from)
    .toSorted((one, other) => one.order - other.order);
  let end = Math.min(limit, rest.length);
  while (end < rest.length && rest[end]?.order === rest[end - 1]?.order) end += 1;
  return { entries: rest.slice(0, end).map(({ entry }) => entry), next: rest[end]?.order };
}
