import type { Answer, Answering } from "@kv/storage";

/** What a router answers with: a {@link Later} where another node is asked. */
export type Served<Outcome> = Answering<Outcome> | Later<Outcome>;

/** Who is told what became of a {@link Later}: one of the two, once. */
export interface LaterListener<Outcome> {
  answered(answer: Answer<Outcome>): void;
  failed(error: unknown): void;
}

/**
 * An answer that is not there yet. It costs no promise, and may be awaited all the same.
 *
 * Whoever makes one settles it, once: by {@link Later.answer} or by {@link Later.fail}. A failure that nobody
 * listens to is told to nobody.
 */
export class Later<Outcome> implements PromiseLike<Answer<Outcome>> {
  #listener: LaterListener<Outcome> | undefined;
  #answer: Answer<Outcome> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #promise: Promise<Answer<Outcome>> | undefined;

  /** Whether it has been answered, or has failed. */
  get isSettled(): boolean {
    return this.#answer !== undefined || this.#failure !== undefined;
  }

  /**
   * Calls `listener` once: in the turn in which the answer or the failure is there, within the call that settles
   * it; before this returns when it is there already. There is one listener, and an `await` is one: a second
   * one throws. What a listener throws comes out of whoever called it.
   */
  whenSettled(listener: LaterListener<Outcome>): void {
    if (this.#listener !== undefined) throw new Error("a Later has one listener");
    this.#listener = listener;
    this.#tell(listener);
  }

  /** Settles it with `answer`. Throws when it is settled already. */
  answer(answer: Answer<Outcome>): void {
    this.#assertOpen();
    this.#answer = answer;
    if (this.#listener !== undefined) this.#tell(this.#listener);
  }

  /** Settles it with the reason why there is no answer. Throws when it is settled already. */
  fail(error: unknown): void {
    this.#assertOpen();
    this.#failure = { error };
    if (this.#listener !== undefined) this.#tell(this.#listener);
  }

  /** For whoever awaits it, as often as they like: the first time makes the promise that all of them share. */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaited is what it is for
  then<Fulfilled = Answer<Outcome>, Rejected = never>(
    onFulfilled?: ((answer: Answer<Outcome>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.whenSettled({ answered: resolve, failed: reject });
    });
    return this.#promise.then(onFulfilled, onRejected);
  }

  #tell(listener: LaterListener<Outcome>): void {
    if (this.#answer !== undefined) listener.answered(this.#answer);
    else if (this.#failure !== undefined) listener.failed(this.#failure.error);
  }

  #assertOpen(): void {
    if (this.isSettled) throw new Error("a Later settles once");
  }
}
