/** Every failure of this package that a caller may want to branch on, and what each one carries. */
export interface ReleaseFailures {
  /** What was asked for, or what the project says, cannot be released: `problem` is one sentence, with the way out. */
  readonly RELEASE_REFUSED: { readonly problem: string };
  /** A part of the assembly failed: `what` it was, and why. */
  readonly ASSEMBLY_FAILED: { readonly what: string; readonly reason: string };
  /** What `bin/NAME` was asked for cannot be done: `problem` is one sentence, with the way out. */
  readonly CANNOT_RUN: { readonly problem: string };
  /** A release is not as its manifest says. */
  readonly RELEASE_DAMAGED: { readonly path: string; readonly problems: readonly string[] };
}

/** The name of a failure. */
export type ReleaseErrorCode = keyof ReleaseFailures;

const messages: {
  readonly [Code in ReleaseErrorCode]: (details: ReleaseFailures[Code]) => string;
} = {
  RELEASE_REFUSED: ({ problem }) => problem,
  ASSEMBLY_FAILED: ({ what, reason }) => `${what} failed: ${reason}`,
  CANNOT_RUN: ({ problem }) => problem,
  RELEASE_DAMAGED: ({ path, problems }) =>
    `${path} is not as it was assembled: ${problems.join("; ")}`,
};

/** A failure of this package: something a person can mend. */
export class ReleaseError<Code extends ReleaseErrorCode = ReleaseErrorCode> extends Error {
  override readonly name = "ReleaseError";
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: ReleaseFailures[Code];

  constructor(code: Code, details: ReleaseFailures[Code], options?: ErrorOptions) {
    super(messages[code](details), options);
    this.code = code;
    this.details = details;
  }
}
