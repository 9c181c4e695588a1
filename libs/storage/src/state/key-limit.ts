/** Longest key, and longest name of a bucket: 1 MiB. */
export const KEY_LIMIT_BYTES = 2 ** 20;

/** Refuses, as the caller's bug, a key or name that the index has no room for. Throws a `RangeError`. */
export function assertKeyFits({ length }: { readonly length: number }): void {
  if (length <= KEY_LIMIT_BYTES) return;
  throw new RangeError(`Cannot keep a key of ${length} bytes: ${KEY_LIMIT_BYTES} is the most`);
}
