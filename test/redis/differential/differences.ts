/** A reply of ours that is not Redis', on purpose. A difference that is not seen any more fails the suite too. */
export interface Difference {
  /** The family and title of the script it is seen in, `family: title`. */
  readonly script: string;
  readonly request: string;
  /** What we answer, as the comparison shows it. */
  readonly ours: string;
  /** Whether it is one in RESP2, in RESP3, or (without this) in both. */
  readonly version?: 2 | 3;
  readonly why: string;
}

/** All of them. */
export const differences: readonly Difference[] = [];
