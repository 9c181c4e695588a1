/**
 * What one client asked about the one key that a history is about.
 *
 * Every value is written by one write only, so that a value names its write. `put-if-value` is a write on condition that the
 * key still has the value `expected`: with such values that is what a condition on a revision is.
 */
export type Action =
  | { readonly type: "get" }
  | { readonly type: "put"; readonly value: string }
  | { readonly type: "delete" }
  | { readonly type: "put-if-absent"; readonly value: string }
  | { readonly type: "put-if-value"; readonly value: string; readonly expected: string };

/**
 * What the client knows of it.
 * - `read`: the value that a get found, `undefined` when there was no key.
 * - `applied`: the write was carried out. `found` is whether there was a key before, where the answer tells.
 * - `refused`: the condition of a write on condition did not hold.
 * - `unknown`: nobody knows. It may have happened at any moment after its call, may happen yet, or never.
 * - `failed`: it has not happened and never will.
 */
export type Outcome =
  | { readonly type: "read"; readonly value: string | undefined }
  | { readonly type: "applied"; readonly found?: boolean | undefined }
  | { readonly type: "refused" }
  | { readonly type: "unknown" }
  | { readonly type: "failed" };

/**
 * One operation on the key of a history, from its call to its return by one clock. A history is a list of these in any
 * order, but for this: the operations of one client are in the order in which it asked for them, and take effect in
 * that order, also those that were under way at the same time (a pipeline on one connection). An unknown one may take effect
 * later than its successors.
 */
export interface Operation {
  readonly client: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly callAt: number;
  /** When the outcome was known; of no weight for an unknown one. */
  readonly returnAt: number;
  /** For the reader of a history: who was asked, and how. */
  readonly way?: string;
}
