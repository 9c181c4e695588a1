import type { Plan, Step } from "./plan.ts";
import { ABSENT, allows, behind, isPure, type Rule, type State, shown } from "./rule.ts";

/** What can be placed next: a step, or one of the unknown writes of a kind, by their places in the plan. */
export type Move =
  | { readonly type: "step"; readonly step: number }
  | { readonly type: "reserve"; readonly reserve: number };

/** A point to come back to. */
export interface Mark {
  readonly count: number;
  readonly state: State;
  readonly used: readonly number[];
  readonly callFront: number;
  readonly dueFront: number;
}

/** The beginning of an order: what has been placed so far, and the state behind it. */
export class Placement {
  readonly #plan: Plan;
  readonly #byDue: readonly number[];
  readonly #isPlaced: Uint8Array;
  readonly #order: number[] = [];
  /** How many of the unplaced steps are still to see each value. */
  readonly #awaited = new Map<State, number>();
  #used: readonly number[];
  #state: State = ABSENT;
  /** All steps before these, by call and by due time, are placed. */
  #callFront = 0;
  #dueFront = 0;

  constructor(plan: Plan) {
    const { steps, reserves } = plan;
    this.#plan = plan;
    this.#byDue = steps
      .map((_, index) => index)
      .toSorted((one, other) => (steps[one]?.dueAt ?? 0) - (steps[other]?.dueAt ?? 0));
    this.#isPlaced = new Uint8Array(steps.length);
    this.#used = reserves.map(() => 0);
    for (const { rule } of steps) this.#await(rule, 1);
  }

  get state(): State {
    return this.#state;
  }

  get isComplete(): boolean {
    return this.#order.length === this.#plan.steps.length;
  }

  /** How many unknown writes of each kind are used. */
  get used(): readonly number[] {
    return this.#used;
  }

  /** Names the set of placed steps, and the state. */
  get key(): string {
    this.#advance();
    let key = `${this.#state} ${this.#callFront}`;
    let left = this.#order.length - this.#callFront;
    for (let index = this.#callFront; left > 0; index++) {
      if (this.#isPlaced[index] === 0) continue;
      key += ` ${index - this.#callFront}`;
      left--;
    }
    return key;
  }

  /** Places all that fits and never changes anything. */
  settle(): void {
    for (let hasPlaced = true; hasPlaced; ) {
      hasPlaced = false;
      for (const index of this.#candidates()) {
        const { rule } = this.#step(index);
        if (!isPure(rule) || !this.#fits(index)) continue;
        this.#place(index);
        hasPlaced = true;
      }
    }
  }

  /** What can come next besides: steps by their due times, then unknown writes. */
  moves(): readonly Move[] {
    const { steps, reserves } = this.#plan;
    const fitting = this.#candidates().filter((index) => this.#fits(index));
    const dueOf = (index: number): number => steps[index]?.dueAt ?? Infinity;
    const ordered = fitting.toSorted((one, other) => dueOf(one) - dueOf(other));
    const horizon = this.#horizon();
    const usable = reserves.flatMap(({ rule, callsAt }, reserve) => {
      const callAt = callsAt[this.#used[reserve] ?? 0];
      if (callAt === undefined || callAt > horizon) return [];
      return this.#permits(rule, 0) && behind(rule, this.#state) !== this.#state ? [reserve] : [];
    });
    return [
      ...ordered.map((step): Move => ({ type: "step", step })),
      ...usable.map((reserve): Move => ({ type: "reserve", reserve })),
    ];
  }

  /** Does what {@link moves} has offered here. */
  make(move: Move): void {
    if (move.type === "step") {
      this.#place(move.step);
      return;
    }
    const rule = this.#plan.reserves[move.reserve]?.rule;
    if (rule === undefined) throw new RangeError(`There is no reserve ${move.reserve}`);
    this.#used = this.#used.map((count, index) => (index === move.reserve ? count + 1 : count));
    this.#state = behind(rule, this.#state);
  }

  /** Where this is now. */
  mark(): Mark {
    return {
      count: this.#order.length,
      state: this.#state,
      used: this.#used,
      callFront: this.#callFront,
      dueFront: this.#dueFront,
    };
  }

  /** Takes back all that was placed behind `mark`. */
  backTo({ count, state, used, callFront, dueFront }: Mark): void {
    for (const index of this.#order.splice(count)) {
      this.#isPlaced[index] = 0;
      this.#await(this.#step(index).rule, 1);
    }
    this.#state = state;
    this.#used = used;
    this.#callFront = callFront;
    this.#dueFront = dueFront;
  }

  #place(index: number): void {
    const { rule } = this.#step(index);
    this.#isPlaced[index] = 1;
    this.#order.push(index);
    this.#await(rule, -1);
    this.#state = behind(rule, this.#state);
  }

  #fits(index: number): boolean {
    const { rule, predecessor } = this.#step(index);
    if (predecessor !== -1 && this.#isPlaced[predecessor] === 0) return false;
    return this.#permits(rule, shown(rule) === this.#state ? 1 : 0);
  }

  /** Whether `rule` holds here, and takes away no value that others than the `own` steps it stands for have yet to see. */
  #permits(rule: Rule, own: 0 | 1): boolean {
    if (!allows(rule, this.#state)) return false;
    if (behind(rule, this.#state) === this.#state) return true;
    return (this.#awaited.get(this.#state) ?? 0) === own;
  }

  #await(rule: Rule, by: 1 | -1): void {
    const state = shown(rule);
    if (state !== undefined) this.#awaited.set(state, (this.#awaited.get(state) ?? 0) + by);
  }

  #candidates(): number[] {
    this.#advance();
    const { steps } = this.#plan;
    const horizon = this.#horizon();
    const found: number[] = [];
    for (let index = this.#callFront; index < steps.length; index++) {
      if (this.#step(index).callAt > horizon) break;
      if (this.#isPlaced[index] === 0) found.push(index);
    }
    return found;
  }

  /** When the first of the unplaced steps is due: nothing that was called later can come before it. */
  #horizon(): number {
    const first = this.#byDue[this.#dueFront];
    return first === undefined ? Infinity : this.#step(first).dueAt;
  }

  #advance(): void {
    while (this.#isPlaced[this.#callFront] === 1) this.#callFront++;
    while (this.#isPlaced[this.#byDue[this.#dueFront] ?? -1] === 1) this.#dueFront++;
  }

  #step(index: number): Step {
    const step = this.#plan.steps[index];
    if (step === undefined) throw new RangeError(`There is no step ${index}`);
    return step;
  }
}
