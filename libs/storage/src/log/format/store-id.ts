import { crc32 } from "node:zlib";

/** Sixteen random bytes drawn when a store is made; all its files carry them. */
export type StoreId = Uint8Array;

/** Length of a store id. */
export const STORE_ID_BYTES = 16;

/** What the checksums of a store's groups start from, so that no other store's group passes for its own. */
export function checksumSeed(storeId: StoreId): number {
  return crc32(storeId);
}

/** Whether two files belong to the same store. */
export function isSameStore(one: StoreId, other: StoreId): boolean {
  return Buffer.compare(one, other) === 0;
}
