import { StorageError } from "../../errors.ts";
import type { Cursor } from "../../page.ts";

/*
 * A cursor is a whole number below 2^53, as the clients of Redis have to be able to count it. There are three kinds, by its last two bits:
 * 00 and 10 a hash in the order of which entries come, 01 the server's own cursor for a run of it.
 */

const RUN_BITS = 20;
const SCAN_LIMIT = 2 ** 31;
/** Names are ordered by so many numbers: a slot and one of them are below 2^37, so that who lists several nodes can add which one. */
const ORDERS = 2 ** 22;

/** Where a listing of keys goes on. */
export type KeysPlace =
  /** Keys come in the order of a hash of their names; from this one on. */
  | { readonly type: "ordered"; readonly from: number }
  /** The server's cursor is `scan`, if it is still the same run of it: `run` is a part of its id. */
  | { readonly type: "scan"; readonly run: number; readonly scan: number };

/** The cursor for a place in a bucket's keys. Throws `RangeError` for a place that no server of ours has. */
export function keysCursor(place: KeysPlace): Cursor {
  if (place.type === "ordered") return cursorOf(place.from * 2);
  if (place.scan >= SCAN_LIMIT) throw new RangeError(`Cannot go on from the cursor ${place.scan}`);
  return cursorOf((place.run * SCAN_LIMIT + place.scan) * 2 + 1);
}

/** The place that `cursor` says; the beginning for none. Throws `STORAGE_CURSOR`. */
export function keysPlace(cursor: Cursor): KeysPlace {
  const number = numberIn(cursor);
  const half = Math.floor(number / 2);
  if (number % 2 === 0) {
    if (half >= ORDERS) throw new StorageError("STORAGE_CURSOR", { cursor });
    return { type: "ordered", from: half };
  }
  return { type: "scan", run: Math.floor(half / SCAN_LIMIT), scan: half % SCAN_LIMIT };
}

/** The part of a server's run id, in hexadecimal digits, that a cursor has room for. */
export function runOf(runId: string): number {
  return Number.parseInt(runId.slice(0, RUN_BITS / 4), 16);
}

/** Where a listing of buckets goes on: in a slot, from a hash on. */
export interface BucketsPlace {
  readonly slot: number;
  readonly from: number;
}

/** The cursor for a place among all buckets. */
export function bucketsCursor({ slot, from }: BucketsPlace): Cursor {
  return cursorOf(slot * ORDERS + from);
}

/** The place that `cursor` says. Throws `STORAGE_CURSOR`. */
export function bucketsPlace(cursor: Cursor): BucketsPlace {
  const number = numberIn(cursor);
  const slot = Math.floor(number / ORDERS);
  if (slot >= 16_384) throw new StorageError("STORAGE_CURSOR", { cursor });
  return { slot, from: number % ORDERS };
}

function cursorOf(number: number): Cursor {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where this engine's are made
  return String(number) as Cursor;
}

function numberIn(cursor: Cursor): number {
  const number = Number(cursor);
  const isOurs = /^(?:0|[1-9]\d*)$/u.test(cursor) && Number.isSafeInteger(number);
  if (!isOurs) throw new StorageError("STORAGE_CURSOR", { cursor });
  return number;
}

/** A number of 22 bits for a name: the order in which listings go. FNV-1a; see Fowler, Noll, Vo. */
export function orderOf(name: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 10;
}
