import { Later } from "@kv/kv";

interface Asked {
  /** Does it, unless it is done. */
  readonly perform: () => void;
  /** Answers with what came of it, or fails. */
  readonly settle: (failure: unknown) => void;
}

/**
 * Another node, as the front door sees it: what it is asked it does in order, and answers when the test says so, in any
 * order. What it fails at is told by the answer.
 */
export class FakeOwner {
  /** Whether it answers by itself, in the next turn. */
  isPrompt = false;
  #asked: Asked[] = [];

  /** How many answers are owed. */
  get owed(): number {
    return this.#asked.length;
  }

  /** Is asked to do `operation`. */
  ask<Outcome>(operation: () => Outcome): Later<Outcome> {
    const later = new Later<Outcome>();
    let done: { readonly outcome: Outcome } | { readonly error: unknown } | undefined;
    this.#asked.push({
      perform: () => {
        done ??= attempt(operation);
      },
      settle: (failure) => {
        if (failure !== undefined) later.fail(failure);
        else if (done !== undefined && "outcome" in done)
          later.answer({ ...done, durable: undefined });
        else later.fail(done?.error);
      },
    });
    if (this.isPrompt) setImmediate(() => this.answerAll());
    return later;
  }

  /** Does all that it was asked, in order. */
  performAll(): void {
    for (const { perform } of this.#asked) perform();
  }

  /**
   * Gives the answer that is owed for longest, or the one so many behind it, and so has done all before it; fails it
   * with `failure`, if there is one.
   */
  answer(behind = 0, failure?: unknown): void {
    for (const { perform } of this.#asked.slice(0, behind + 1)) perform();
    const [asked] = this.#asked.splice(behind, 1);
    asked?.settle(failure);
  }

  /** Gives all that are owed. */
  answerAll(): void {
    this.performAll();
    const asked = this.#asked;
    this.#asked = [];
    for (const { settle } of asked) settle(undefined);
  }
}

function attempt<Outcome>(operation: () => Outcome) {
  try {
    return { outcome: operation() };
  } catch (error) {
    return { error };
  }
}
