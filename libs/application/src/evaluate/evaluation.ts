/** What came of a piece of code that somebody typed. */
export type Evaluation =
  /** What its last expression came to. */
  | { readonly type: "value"; readonly value: unknown }
  /** It threw this, or rejected with it. */
  | { readonly type: "thrown"; readonly error: unknown }
  /** It is no code: `message` says why. With `isUnfinished` more lines could mend it. */
  | { readonly type: "syntax"; readonly message: string; readonly isUnfinished: boolean }
  /** It was not done in time. What it ran was stopped; what it had set going elsewhere was not. */
  | { readonly type: "timeout" }
  /** Whoever asked has given up. */
  | { readonly type: "aborted" };
