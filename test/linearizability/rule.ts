import type { Operation, Outcome } from "./operation.ts";

/** A state of the key: no key, a value that nobody ever asks for, or one of the others (2 and up). */
export type State = number;

/** There is no key. Also the state in which a history begins. */
export const ABSENT: State = 0;
/** Some value that no operation tells from other such values: nobody has read it, no condition names it. */
export const UNTOLD: State = 1;
const FIRST_TOLD: State = 2;
/** No condition, or no effect. */
const NONE = -1;

/** When an operation can take effect, and what state it leaves: what its action and its outcome come to. */
export interface Rule {
  /** The state must be this one. */
  readonly is: State;
  /** The state must not be this one. */
  readonly isNot: State;
  /** The state that it leaves, `NONE` for the same. */
  readonly to: State;
}

/** Whether the rule holds in `state`. */
export function allows({ is, isNot }: Rule, state: State): boolean {
  return (is === NONE || is === state) && isNot !== state;
}

/** The state behind `state`. */
export function behind({ to }: Rule, state: State): State {
  return to === NONE ? state : to;
}

/** Whether an operation of this rule changes nothing in any state. */
export function isPure({ to }: Rule): boolean {
  return to === NONE;
}

/** The told value that `rule` shows to have been there, `undefined` if none. */
export function shown({ is }: Rule): State | undefined {
  return is >= FIRST_TOLD ? is : undefined;
}

/** The told value that `rule` leaves, `undefined` if none. */
export function written({ to }: Rule): State | undefined {
  return to >= FIRST_TOLD ? to : undefined;
}

/** Gives each value of a history its state. */
export class States {
  readonly #told = new Map<string, State>();

  constructor(history: readonly Operation[]) {
    for (const { action, outcome } of history) {
      if (outcome.type === "failed") continue;
      if (outcome.type === "read" && outcome.value !== undefined) this.#tell(outcome.value);
      if (action.type === "put-if-value") this.#tell(action.expected);
    }
  }

  of(value: string | undefined): State {
    return value === undefined ? ABSENT : (this.#told.get(value) ?? UNTOLD);
  }

  #tell(value: string): void {
    if (!this.#told.has(value)) this.#told.set(value, this.#told.size + FIRST_TOLD);
  }
}

/** The rule of an operation that has taken effect, or would; `undefined` when it has none to speak of. */
export function ruleOf({ action, outcome }: Operation, states: States): Rule | undefined {
  if (outcome.type === "failed") return undefined;
  if (action.type === "get") return readRule(outcome, states);
  if (outcome.type === "read") throw new TypeError(`A ${action.type} cannot read`);
  const to = action.type === "delete" ? ABSENT : states.of(action.value);
  switch (action.type) {
    case "put":
    case "delete":
      if (outcome.type === "refused") throw new TypeError(`A ${action.type} cannot be refused`);
      return { ...conditionOf(outcome), to };
    case "put-if-absent":
      return conditional(outcome, { is: ABSENT, to });
    case "put-if-value":
      return conditional(outcome, { is: states.of(action.expected), to });
    default:
      throw new Error("No such action");
  }
}

function readRule(outcome: Outcome, states: States): Rule | undefined {
  if (outcome.type === "unknown") return undefined;
  if (outcome.type !== "read") throw new TypeError(`A get cannot be ${outcome.type}`);
  return { is: states.of(outcome.value), isNot: NONE, to: NONE };
}

function conditionOf(outcome: Outcome): Pick<Rule, "is" | "isNot"> {
  const found = outcome.type === "applied" ? outcome.found : undefined;
  if (found === undefined) return { is: NONE, isNot: NONE };
  return found ? { is: NONE, isNot: ABSENT } : { is: ABSENT, isNot: NONE };
}

function conditional(outcome: Outcome, { is, to }: Pick<Rule, "is" | "to">): Rule {
  return outcome.type === "refused" ? { is: NONE, isNot: is, to: NONE } : { is, isNot: NONE, to };
}
