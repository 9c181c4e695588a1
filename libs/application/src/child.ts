/**
 * Something that runs until it ends by itself or is disposed of: a listener, a store, a whole application.
 *
 * There are no mailboxes and no process ids: a `finished` promise says that it ended, `Symbol.asyncDispose`
 * ends it, and the `AbortSignal` given to its start says that nobody wants it any more.
 */
export interface Child extends AsyncDisposable {
  /**
   * Resolves when the child ended by itself and all is well, rejects when it failed. Its disposal
   * does not have to settle it.
   */
  readonly finished: Promise<void>;
}

/**
 * When a child that ended is started again: *permanent* always, *transient* only when it failed,
 * *temporary* never. OTP's words and meanings.
 */
export type RestartType = "permanent" | "transient" | "temporary";

/** How a supervisor starts and stops one child. */
export interface ChildSpecification {
  /** Unique within the supervisor; named in events. */
  readonly id: string;
  /**
   * Starts the child. `signal` is aborted when the start is to be given up, and never once the child is there: it may
   * be handed on to what the child opens.
   */
  readonly start: (signal: AbortSignal) => Promise<Child>;
  /** `permanent` by default. */
  readonly restart?: RestartType | undefined;
  /** How long the child may take to stop, in milliseconds: 10,000 by default. Then it is given up. */
  readonly shutdownMs?: number | undefined;
  /** Pause before a restart, in milliseconds: 0 by default. */
  readonly restartDelayMs?: number | undefined;
  /**
   * Whether a failure of the very first start is retried like a later one. By default it is not: the
   * supervisor's own start fails with it, as OTP has it.
   */
  readonly retryFirstStart?: boolean | undefined;
}
