/**
 * What a request of a protocol consists of, around the names that all experiments share:
 *
 * ```text
 * get = start.get bucket beforeKey key end
 * put = start.put bucket beforeKey key beforeValue[length of value] value end
 * ```
 * Buckets, and keys, are all of one length, so a length that goes before them is part of the grammar.
 */
export interface RequestGrammar {
  readonly start: { readonly get: Uint8Array; readonly put: Uint8Array };
  readonly beforeKey: Uint8Array;
  /** By the length of the value, for every length that a value of the bench has. */
  readonly beforeValue: readonly Uint8Array[];
  readonly end: Uint8Array;
}
