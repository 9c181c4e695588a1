import type { Later } from "@kv/kv";

/** Answers, or fails with what it is told to. */
type Settle = (failure: unknown) => void;

/**
 * Another node, as the front door sees it: it does what it is asked at once and in order, and answers when the test
 * says so, in any order.
 */
export class FakeOwner {
  /** Whether it answers by itself, in the next turn. */
  isPrompt = false;
  /** While it is there, all that is asked fails with it, and nothing is done. */
  failure: unknown;
  #held: Settle[] = [];

  /** How many answers are owed. */
  get owed(): number {
    return this.#held.length;
  }

  /** Does `operation`, whose outcome `later` is owed. */
  ask<Outcome>(later: Later<Outcome>, operation: () => Outcome): void {
    const { failure } = this;
    const outcome = failure === undefined ? { value: operation() } : undefined;
    this.#held.push((laterFailure) => {
      if (laterFailure !== undefined) later.fail(laterFailure);
      else if (outcome === undefined) later.fail(failure);
      else later.answer({ outcome: outcome.value, durable: undefined });
    });
    if (this.isPrompt) setImmediate(() => this.answerAll());
  }

  /** Gives the answer that is owed for longest, or the one so many behind it; fails it with `failure`, if there is one. */
  answer(behind = 0, failure?: unknown): void {
    const [settle] = this.#held.splice(behind, 1);
    settle?.(failure);
  }

  /** Gives all that are owed. */
  answerAll(): void {
    const held = this.#held;
    this.#held = [];
    for (const settle of held) settle(undefined);
  }
}
