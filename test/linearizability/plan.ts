/**
 * A history made ready for the search. Two things are found out beforehand, both because a value names its write:
 *
 * - An unknown write whose value somebody has seen did happen, and before the first who saw it was answered: it is a step
 *   like a known one. So is any write due by then.
 * - What remains unknown was seen by nobody. Such writes differ by their rule only, never by who made them, so that the
 *   search counts how many of a kind it has used, the earliest first, and need not remember which.
 */
import type { Operation } from "./operation.ts";
import { type Rule, ruleOf, type State, States, shown, written } from "./rule.ts";

/** An operation that has to be placed. */
export interface Step {
  readonly source: Operation;
  readonly rule: Rule;
  readonly callAt: number;
  /** It has taken effect by then. */
  readonly dueAt: number;
  /** The step that this one's client asked for just before; -1 if there is none. */
  readonly predecessor: number;
}

/** Unknown writes of one kind, none of which has to be placed. */
export interface Reserve {
  readonly rule: Rule;
  /** Their calls, in order. */
  readonly callsAt: readonly number[];
}

/** What the search works on. */
export interface Plan {
  readonly states: States;
  /** By the time of their calls; those of one client in its order. */
  readonly steps: readonly Step[];
  readonly reserves: readonly Reserve[];
}

interface Drafted {
  readonly source: Operation;
  readonly rule: Rule;
}

/** Throws a `TypeError` when two writes have one value, or an outcome does not go with its action. */
export function planOf(history: readonly Operation[]): Plan {
  requireNamingValues(history);
  const states = new States(history);
  const drafted = history.flatMap((source) => {
    const rule = ruleOf(source, states);
    return rule === undefined ? [] : [{ source, rule }];
  });
  const seenAt = firstSeen(drafted);
  const isStep = (draft: Drafted): boolean => isKnown(draft) || seenAt.has(written(draft.rule));
  return {
    states,
    steps: stepsOf(drafted.filter(isStep), seenAt),
    reserves: reservesOf(drafted.filter((draft) => !isStep(draft))),
  };
}

function requireNamingValues(history: readonly Operation[]): void {
  const values = new Set<string>();
  for (const { action } of history) {
    if (!("value" in action)) continue;
    if (values.has(action.value)) throw new TypeError(`Two writes have the value ${action.value}`);
    values.add(action.value);
  }
}

function isKnown({ source }: Drafted): boolean {
  return source.outcome.type !== "unknown";
}

/** When each told value had been seen for the first time, by the return of whoever saw it. */
function firstSeen(drafted: readonly Drafted[]): ReadonlyMap<State | undefined, number> {
  const seenAt = new Map<State | undefined, number>();
  for (const draft of drafted) {
    const state = shown(draft.rule);
    if (state === undefined || !isKnown(draft)) continue;
    seenAt.set(state, Math.min(seenAt.get(state) ?? Infinity, draft.source.returnAt));
  }
  return seenAt;
}

function stepsOf(
  drafted: readonly Drafted[],
  seenAt: ReadonlyMap<State | undefined, number>,
): readonly Step[] {
  const lastOf = new Map<string, number>();
  return drafted
    .toSorted((one, other) => one.source.callAt - other.source.callAt)
    .map(({ source, rule }, index) => {
      const known = source.outcome.type !== "unknown";
      const predecessor = known ? (lastOf.get(source.client) ?? -1) : -1;
      if (known) lastOf.set(source.client, index);
      const seen = seenAt.get(written(rule)) ?? Infinity;
      const dueAt = Math.min(known ? source.returnAt : Infinity, seen);
      return { source, rule, callAt: source.callAt, dueAt, predecessor };
    });
}

function reservesOf(drafted: readonly Drafted[]): readonly Reserve[] {
  const kinds = Map.groupBy(drafted, ({ rule: { is, isNot, to } }) => `${is} ${isNot} ${to}`);
  return [...kinds.values()].flatMap((kind) => {
    const [first] = kind;
    if (first === undefined) return [];
    const callsAt = kind.map(({ source }) => source.callAt).toSorted((one, other) => one - other);
    return [{ rule: first.rule, callsAt }];
  });
}
