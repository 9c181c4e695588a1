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

/** Above so many, sorting in place would be slow. */
const SHORT_CHAIN = 16;

/** Below this a table is in the processor's cache anyway. */
const LARGE_TABLE_CHAINS = 50_000;
/** Chains that are fetched together. */
const FETCHED_CHAINS = 32;
const fetched = new Uint32Array(FETCHED_CHAINS);

/** Visits a page of records in order of position; returns where to go on, `undefined` at the end. */
export function listChains(table: ChainTable, listing: Listing): number | undefined {
  const { owner, limit, visit } = listing;
  const chains = table.chains(owner);
  const looksAhead = chains >= LARGE_TABLE_CHAINS && limit >= FETCHED_CHAINS;
  let near = 0;
  let counted = 0;
  let visited = -1;
  for (let from = listing.position; from < POSITIONS; from = rangeEnd(chains, from)) {
    if (looksAhead && near-- === 0) near = fetchChains(table, owner, from) - 1;
    const first = table.first(owner, from | 0);
    if (first === 0) continue;
    if (table.next(first) === 0) {
      const position = positionOf(table.hash(first));
      if (position < from) continue;
      if (counted >= limit && position !== visited) return position;
      visited = position;
      if (visit(first)) counted++;
      continue;
    }
    for (const ref of chainFrom(table, from, listing)) {
      const position = positionOf(table.hash(ref));
      if (counted >= limit && position !== visited) return position;
      visited = position;
      if (visit(ref)) counted++;
    }
  }
  return undefined;
}

/**
 * Reads the beginnings of the chains from position `from` on, as {@link Foresight} does: in a large table each is
 * somewhere else in memory, and so they are waited for together (a half of what a key costs whoever goes through
 * all of them). Returns how many chains that were.
 */
function fetchChains(table: ChainTable, owner: number, from: number): number {
  const chains = table.chains(owner);
  let count = 0;
  for (let at = from; at < POSITIONS && count < FETCHED_CHAINS; at = rangeEnd(chains, at)) {
    fetched[count++] = table.first(owner, at | 0);
  }
  for (let round = 0; round < 2; round++) {
    table.touch(fetched, count);
    for (let chain = 0; chain < count; chain++) {
      const ref = fetched[chain]!;
      fetched[chain] = ref === 0 ? 0 : table.next(ref);
    }
  }
  return count;
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
  if (refs.length > SHORT_CHAIN) {
    return refs.toSorted((one, other) => inOrder(table, one, other, compare));
  }
  // A call of `sort` costs more than all else that is done for the two or three records of a chain.
  for (let end = 1; end < refs.length; end++) {
    const ref = refs[end]!;
    let place = end;
    for (; place > 0 && inOrder(table, refs[place - 1]!, ref, compare) > 0; place--) {
      refs[place] = refs[place - 1]!;
    }
    refs[place] = ref;
  }
  return refs;
}

// oxlint-disable-next-line max-params -- once for each record: a closure would be made for each chain
function inOrder(
  table: ChainTable,
  one: number,
  other: number,
  compare: Listing["compare"],
): number {
  return positionOf(table.hash(one)) - positionOf(table.hash(other)) || compare(one, other);
}

/** The first position behind the range of the chain that `position` is in. */
function rangeEnd(chains: number, position: number): number {
  // At least 3, but for a table of one chain.
  const bits = 31 - Math.clz32(chains);
  if (bits === 0) return POSITIONS;
  const isSplit = (position | 0) >>> (32 - bits) < chains - (1 << bits);
  const below = isSplit ? 31 - bits : 32 - bits;
  return ((position >>> below) + 1) * (1 << below);
}

/** Where a record with this hash is listed. */
function positionOf(hash: number): number {
  return hash >>> 0;
}
