import { isShown, type Level } from "./level.ts";

/** A warning or an error that was logged. */
export interface Problem {
  /** In ISO 8601. */
  readonly time: string;
  readonly level: Level;
  readonly message: string;
}

/** Keeps the last warnings and errors for somebody who asks later. */
export class LastProblems {
  readonly #limit: number;
  readonly #clock: () => number;
  #list: readonly Problem[] = [];

  /** `clock` tells milliseconds since 1970. */
  constructor(limit: number, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** The oldest first. */
  get list(): readonly Problem[] {
    return this.#list;
  }

  take(level: Level, message: string): void {
    if (!isShown(level, "warn")) return;
    const time = new Date(this.#clock()).toISOString();
    this.#list = [...this.#list, { time, level, message }].slice(-this.#limit);
  }
}
