import type { Revision } from "../store.ts";

/**
 * The number of a mutation, counted over the whole store: 1 for the first one ever. Being store-wide
 * it is never used again when a bucket is dropped and created anew, and "up to here everything is on
 * the disk" is a single number. Below 2^53: 285 years of a million mutations a second.
 */
export type MutationNumber = number & Revision;

/** Checks that `value` can be the number of a mutation; throws a `RangeError` otherwise. */
export function mutationNumber(value: number): MutationNumber {
  if (!isMutationNumber(value)) throw new RangeError(`Cannot number a mutation ${value}`);
  return value;
}

/** Whether `value` is a whole number from 1 to 2^53 - 1. */
export function isMutationNumber(value: number): value is MutationNumber {
  return Number.isSafeInteger(value) && value > 0;
}
