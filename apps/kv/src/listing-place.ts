import { type Cursor, StorageError } from "@kv/storage";

/** Where a listing of the buckets of several nodes goes on. */
export interface ListingPlace {
  /** Which node: its number at this one. */
  readonly slot: number;
  /** Where in that node's listing; `undefined` for its beginning. */
  readonly cursor: Cursor | undefined;
}

/** So many nodes are told apart in a cursor. */
export const slotLimit = 2 ** 16;

/**
 * The place as one whole number, since that is all that RESP's clients take for a cursor: the node in its lowest 16 bits,
 * and above them where in that node's listing. Throws a `RangeError` where the number would not be exact.
 */
export function joinCursor({ slot, cursor }: ListingPlace): Cursor {
  const position = Number(cursor ?? 0);
  const joined = position * slotLimit + slot;
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(joined)) {
    throw new RangeError(`Cannot make a cursor of ${cursor} at node ${slot}`);
  }
  return brandCursor(joined);
}

/** The place in a cursor of {@link joinCursor}. Throws `STORAGE_CURSOR` when it is none. */
export function splitCursor(cursor: Cursor): ListingPlace {
  const joined = /^(?:0|[1-9]\d*)$/u.test(cursor) ? Number(cursor) : Number.NaN;
  if (!Number.isSafeInteger(joined)) throw new StorageError("STORAGE_CURSOR", { cursor });
  const position = Math.floor(joined / slotLimit);
  return {
    slot: joined % slotLimit,
    cursor: position === 0 ? undefined : brandCursor(position),
  };
}

function brandCursor(digits: number): Cursor {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- digits of a store's cursor, or made of those
  return String(digits) as Cursor;
}
