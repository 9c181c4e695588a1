import type { ChainTable } from "./chain-table.ts";

/**
 * Listing in an order that tables growing and shrinking leave alone.
 *
 * A record's position is its hash. A chain holds the hashes that begin with the same bits, so it is a
 * range of positions: splitting it makes two halves of the range, joining puts them together again,
 * and no record ever changes its position. A listing goes through the positions from 0 up and needs
 * to remember nothing else. (Redis does the same with the lowest bits and counts with the bits
 * reversed; with the highest ones, a listing also reads the heads of the chains from front to back.)
 */
const POSITIONS = 2 ** 32;

/** How many positions share their first bits, by the number of those: computing it takes as long as a chain. */
const SIZES = Float64Array.from({ length: 33 }, (_, bits) => POSITIONS / 2 ** bits);

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
  for (let at = table.first(owner, from | 0); at !== 0; at = table.next(at)) {
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
  const bits = 31 - Math.clz32(chains);
  const isSplit = bits > 0 && (position | 0) >>> (32 - bits) < chains - (1 << bits);
  const ownBits = isSplit ? bits + 1 : bits;
  if (ownBits === 0) return POSITIONS;
  return ((position >>> (32 - ownBits)) + 1) * SIZES[ownBits]!;
}

/** Where a record with this hash is listed. */
function positionOf(hash: number): number {
  return hash >>> 0;
}
