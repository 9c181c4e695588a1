import type { Call } from "./call.ts";

/** A call that was given up: its number is not used again before its answer has come. */
const givenUp = Symbol("given up");

/** One call that waits for its answer. */
export interface PendingCall {
  readonly id: number;
  readonly call: Call;
  /** Where its frame begins, counted in bytes from the first one of the link on. */
  readonly position: number;
  readonly startedMs: number;
}

/**
 * The calls of one link that wait for their answers, by number. Numbers are places in arrays, and are used again, so that
 * neither a call nor its answer allocates anything. Time is told to it.
 */
export class PendingCalls {
  readonly #calls: (Call | typeof givenUp | undefined)[] = [];
  readonly #positions: number[] = [];
  readonly #startedMs: number[] = [];
  readonly #free: number[] = [];

  /** How many numbers are in use, those of calls given up included. */
  get size(): number {
    return this.#calls.length - this.#free.length;
  }

  /** Takes a call in; returns its number. */
  add(call: Call, position: number, startedMs: number): number {
    const id = this.#free.pop() ?? this.#calls.length;
    this.#calls[id] = call;
    this.#positions[id] = position;
    this.#startedMs[id] = startedMs;
    return id;
  }

  /**
   * The call that an answer of this number is for, which waits no longer; `"late"` when it was given up; `undefined` when
   * there is no such call.
   */
  settle(id: number): Call | "late" | undefined {
    const call = this.#calls[id];
    if (call === undefined) return undefined;
    this.#release(id);
    return call === givenUp ? "late" : call;
  }

  /** The calls whose time is over at `nowMs`. They wait no longer; those for which `isUnsent` says so free their number. */
  takeOverdue(nowMs: number, isUnsent: (position: number) => boolean): readonly PendingCall[] {
    const overdue = this.waiting().filter(({ call }) => call.deadlineMs <= nowMs);
    for (const { id, position } of overdue) {
      if (isUnsent(position)) this.#release(id);
      else this.#calls[id] = givenUp;
    }
    return overdue;
  }

  /** All calls, in the order of their frames. They wait no longer, and all numbers are free. */
  takeAll(): readonly PendingCall[] {
    const all = this.waiting().toSorted((one, other) => one.position - other.position);
    this.#calls.length = 0;
    this.#positions.length = 0;
    this.#startedMs.length = 0;
    this.#free.length = 0;
    return all;
  }

  /** All calls that still wait. */
  waiting(): readonly PendingCall[] {
    const found: PendingCall[] = [];
    for (const [id, call] of this.#calls.entries()) {
      if (call === undefined || call === givenUp) continue;
      const position = this.#positions[id] ?? 0;
      found.push({ id, call, position, startedMs: this.#startedMs[id] ?? 0 });
    }
    return found;
  }

  /** When the first of those that still wait is overdue; Infinity when none waits. */
  earliestDeadlineMs(): number {
    let earliestMs = Infinity;
    for (const { call } of this.waiting()) earliestMs = Math.min(earliestMs, call.deadlineMs);
    return earliestMs;
  }

  #release(id: number): void {
    this.#calls[id] = undefined;
    this.#free.push(id);
  }
}
