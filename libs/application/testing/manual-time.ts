import { setImmediate as turn } from "node:timers/promises";
import type { Time } from "../src/time.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time that passes when a test says so. */
export class ManualTime implements Time {
  #nowMs = 0;
  #sleepers: readonly Sleeper[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { dueMs: this.#nowMs + ms, wake: resolve };
    const forget = (): void => {
      this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
      resolve();
    };
    this.#sleepers = [...this.#sleepers, sleeper];
    signal.addEventListener("abort", forget, { once: true });
    return promise;
  }

  /** How many wait for time to pass: none is left behind when all is done. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Lets `ms` pass, and everything happen that was waiting for it, in its order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      const [next] = this.#sleepers.toSorted((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > endMs) break;
      this.#nowMs = next.dueMs;
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      next.wake();
      await settled();
    }
    this.#nowMs = endMs;
  }
}

/** Resolves when all that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await turn();
}
