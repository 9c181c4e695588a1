import type { Answer } from "@kv/kv";

/**
 * The answer of a command that goes on when a first step has been answered. Whatever its client asks behind it has to wait
 * until it is there: it would come between two steps.
 */
export class Steps<Outcome> implements PromiseLike<Answer<Outcome>> {
  readonly #answer: Promise<Answer<Outcome>>;

  constructor(answer: Promise<Answer<Outcome>>) {
    this.#answer = answer;
  }

  /** As that of the promise. */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaited is what it is for
  then<Fulfilled = Answer<Outcome>, Rejected = never>(
    onFulfilled?: ((answer: Answer<Outcome>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.#answer.then(onFulfilled, onRejected);
  }
}
