import { type Answer, Later, type LaterListener, type Served } from "@kv/kv";
import { Steps } from "./steps.ts";

/**
 * What a command comes to. An answer, when all its buckets answer at once. A `Later` or a promise: all that there is to do
 * has begun, and what is asked next of the same buckets is done after it. {@link Steps}: something has not begun.
 */
export type Replying<Outcome> = Served<Outcome> | Steps<Outcome>;

/** Whether the answer is there. */
export function isThere<Outcome>(replying: Replying<Outcome>): replying is Answer<Outcome> {
  return "outcome" in replying;
}

/** The answer that `change` makes of another one. It comes in the way in which that does. */
export function changed<Outcome, Result>(
  replying: Replying<Outcome>,
  change: (answer: Answer<Outcome>) => Answer<Result>,
): Replying<Result> {
  if (isThere(replying)) return change(replying);
  if (replying instanceof Later) {
    const changing = new Changing(change);
    replying.whenSettled(changing);
    return changing.later;
  }
  if (replying instanceof Steps) return new Steps(replying.then(change));
  return replying.then(change);
}

/** Makes one `Later` of another. */
class Changing<Outcome, Result> implements LaterListener<Outcome> {
  readonly later = new Later<Result>();
  readonly #change: (answer: Answer<Outcome>) => Answer<Result>;

  constructor(change: (answer: Answer<Outcome>) => Answer<Result>) {
    this.#change = change;
  }

  answered(answer: Answer<Outcome>): void {
    let result: Answer<Result>;
    try {
      result = this.#change(answer);
    } catch (error) {
      // As with a promise, whoever waits for the answer is told what went wrong: those of others come the same way.
      this.later.fail(error);
      return;
    }
    this.later.answer(result);
  }

  failed(error: unknown): void {
    this.later.fail(error);
  }
}
