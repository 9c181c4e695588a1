import { chainOf, type ChainTable, highestBit } from "./chain-table.ts";

/**
 * Listing in an order that tables growing and shrinking leave alone.
 *
 * Chains are chosen by the lowest bits of a hash. Read backwards, lowest bit first, these are the
 * highest bits of a number, the record's position: so each chain is a range of positions, splitting
 * it makes two halves of the range, joining puts them together again, and no record ever changes its
 * position. A listing goes through the positions from 0 up and needs to remember nothing else.
 * (Redis walks its tables in this order, by counting with the bits reversed; here the position of
 * every record counts, so that a page can end in the middle of a chain.)
 */
const POSITIONS = 2 ** 32;

/** What to list of a table. */
export interface Listing {
  readonly owner: number;
  /** Where to begin, 0 to 2^32. */
  readonly position: number;
  /** How many records a page holds, besides those of the last one's hash. */
  readonly limit: number;
  /** The order of records of the same hash. */
  readonly compare: (one: number, other: number) => number;
  /** Whether the record counts. Must not change the table. */
  readonly visit: (ref: number) => boolean;
}

/** Visits a page of records in order of position; returns where to go on, `undefined` at the end. */
export function listChains(table: ChainTable, listing: Listing): number | undefined {
  const { owner, limit, visit } = listing;
  let counted = 0;
  let visited = -1;
  for (let from = listing.position; from < POSITIONS; from = rangeEnd(table.chains(owner), from)) {
    for (const ref of chainFrom(table, from, listing)) {
      const position = positionOf(table.hash(ref));
      if (counted >= limit && position !== visited) return position;
      visited = position;
      if (visit(ref)) counted++;
    }
  }
  return undefined;
}

/** The records of the chain at position `from` that are not before it, in order. */
function chainFrom(
  table: ChainTable,
  from: number,
  { owner, compare }: Listing,
): readonly number[] {
  const refs: number[] = [];
  for (let at = table.first(owner, reverseBits(from)); at !== 0; at = table.next(at)) {
    if (positionOf(table.hash(at)) >= from) refs.push(at);
  }
  if (refs.length < 2) return refs;
  return refs.toSorted(
    (one, other) =>
      positionOf(table.hash(one)) - positionOf(table.hash(other)) || compare(one, other),
  );
}

/** The first position behind the range of the chain that `position` is in. */
function rangeEnd(chains: number, position: number): number {
  const top = highestBit(chains);
  const chain = chainOf(reverseBits(position), chains);
  const isSplit = chain >= top || chain + top < chains;
  const size = POSITIONS / (isSplit ? 2 * top : top);
  return position - (position % size) + size;
}

/** Where a record with this hash is listed. */
function positionOf(hash: number): number {
  return reverseBits(hash) >>> 0;
}

function reverseBits(number: number): number {
  let bits = number;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return (bits >>> 16) | (bits << 16);
}
