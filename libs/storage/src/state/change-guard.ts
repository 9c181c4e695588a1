/**
 * Code was terminated from outside in the midst of a change: what is in memory is nothing that anybody has asked for. It is nobody's answer:
 * it ends the process, and the next start reads what is on the disk, to which nothing of the change has come.
 */
export class InterruptedChange extends Error {
  override readonly name = "InterruptedChange";
  readonly kind = "operating-failure";

  constructor(path: string) {
    super(
      `The store at "${path}" was stopped in the midst of a change; the node ends so that nothing of that is kept: start it again`,
    );
  }
}

/**
 * Knows when what is in memory is being changed, in one go. Code that is terminated in between, which runs no `finally`, leaves it half
 * changed: then whoever asks next is refused, and what is thrown for that ends the process.
 */
export class ChangeGuard {
  readonly #path: string;
  #isChanging = false;

  /** `path` is that of the store, for who reads of it. */
  constructor(path: string) {
    this.#path = path;
  }

  /** A change begins, which lasts until {@link end}. */
  begin(): void {
    this.assertWhole();
    this.#isChanging = true;
  }

  end(): void {
    this.#isChanging = false;
  }

  /** Throws `InterruptedChange` where a change began and did not end, and has the process end by it. */
  assertWhole(): void {
    if (!this.#isChanging) return;
    const failure = new InterruptedChange(this.#path);
    // Whoever asks next may catch it.
    queueMicrotask(() => {
      throw failure;
    });
    throw failure;
  }
}
