declare const cursorBrand: unique symbol;

/**
 * Where the next page of a listing begins: opaque decimal digits below 2^64, good for the store that
 * made it and across its mutations.
 */
export type Cursor = string & { readonly [cursorBrand]: "Cursor" };

/** Some entries, and where to go on; `next` is `undefined` on the last page. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: Cursor | undefined;
}
