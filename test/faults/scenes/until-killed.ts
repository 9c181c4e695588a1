import type { RunningLoad } from "../load.ts";

/** What became of work on a node. */
export type KilledWork<Value> =
  | { readonly type: "done"; readonly value: Value }
  | { readonly type: "broken-off" };

/** Does `work`, which may fail once the node may be gone. Rejects when it fails before. */
export async function untilKilled<Value>(
  { ending }: Pick<RunningLoad, "ending">,
  work: () => Promise<Value>,
): Promise<KilledWork<Value>> {
  try {
    return { type: "done", value: await work() };
  } catch (error) {
    if (!ending.aborted) throw error;
    return { type: "broken-off" };
  }
}

/** The kill comes with the last of so many signs, unless it has come before. */
export class Countdown {
  readonly #strike: () => void;
  #left: number;
  #seen = 0;

  constructor(signs: number, { strike }: Pick<RunningLoad, "strike">) {
    this.#left = signs;
    this.#strike = strike;
  }

  /** How many there were. */
  get seen(): number {
    return this.#seen;
  }

  sign(): void {
    this.#seen += 1;
    this.#left -= 1;
    if (this.#left === 0) this.#strike();
  }
}

/** A scene that never comes to its moment ends after so many acknowledgements: some seconds' worth. */
export const SCENE_LIMIT = 100_000;
