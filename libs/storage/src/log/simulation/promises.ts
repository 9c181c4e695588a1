import { setImmediate } from "node:timers/promises";

/** What is to be done with a promise's end. */
export interface Ending<Value> {
  readonly onValue: (value: Value) => void | Promise<void>;
  readonly onError: (error: unknown) => void | Promise<void>;
}

/** The promises that one life of a store has given, and that its end makes void. */
export class Promises {
  readonly #open = new Set<string>();
  #failures: Error[] = [];
  #isOver = false;
  #count = 0;

  /** What has not settled yet. */
  get open(): readonly string[] {
    return [...this.#open];
  }

  /** Calls back when `promise` settles, unless all is over by then. What that throws is thrown by {@link settle}. */
  follow<Value>(what: string, promise: PromiseLike<Value>, ending: Ending<Value>): void {
    this.#count += 1;
    const name = `${this.#count}: ${what}`;
    this.#open.add(name);
    void this.#follow(promise, ending).finally(() => this.#open.delete(name));
  }

  /** Nobody hears of anything any more. */
  end(): void {
    this.#isOver = true;
    this.#open.clear();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Lets everything happen that waits for nothing but its turn. Throws what was found to be wrong. */
  async settle(): Promise<void> {
    await setImmediate();
    this.throwFailure();
  }

  throwFailure(): void {
    const [failure] = this.#failures;
    this.#failures = [];
    if (failure !== undefined) throw failure;
  }

  async #follow<Value>(promise: PromiseLike<Value>, ending: Ending<Value>): Promise<void> {
    try {
      const [result] = await Promise.allSettled([promise]);
      if (this.#isOver) return;
      if (result.status === "fulfilled") await ending.onValue(result.value);
      else await ending.onError(result.reason);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (!this.#isOver) this.#failures.push(failure);
    }
  }
}
