import type { Random } from "../harness/random.ts";
import type { Action, Operation, Outcome } from "./operation.ts";

/** How a history is made. */
export interface GeneratorOptions {
  readonly clients: number;
  readonly operations: number;
  /** How many of a hundred operations come to nothing that anybody knows; half of them take effect all the same. */
  readonly unknownPercent: number;
  /** The most operations that a client has under way at a time. */
  readonly depth: number;
  /** What the names of clients and values begin with; by default nothing. */
  readonly prefix?: string;
  /** Nothing is called before; 0 by default. */
  readonly beginAt?: number;
}

/** An operation whose outcome is yet to be found. */
interface Draft {
  readonly client: string;
  readonly callAt: number;
  readonly returnAt: number;
  readonly isUnknown: boolean;
  /** When it takes effect, `undefined` for never. */
  readonly effectAt: number | undefined;
  action: Action;
  outcome: Outcome;
}

/** How long an operation is under way, and how long one that nobody knows of may be yet to come, at the most. */
const SPAN = 20;
const LATE_SPAN = 400;

/**
 * A history that is linearizable: what clients see of a key that is changed at one moment within each of their operations.
 * All of it is drawn.
 */
export function generateHistory(options: GeneratorOptions, random: Random): readonly Operation[] {
  const perClient = Math.ceil(options.operations / options.clients);
  const drafts = Array.from({ length: options.clients }, (_, client) =>
    draftsOf(`${options.prefix ?? ""}c${client}`, perClient, { ...options, random }),
  ).flat();
  play(drafts, random);
  return drafts.map(({ client, action, outcome, callAt, returnAt, isUnknown }) => ({
    client,
    action,
    outcome: isUnknown ? { type: "unknown" } : outcome,
    callAt,
    returnAt,
  }));
}

function draftsOf(
  client: string,
  count: number,
  { depth, unknownPercent, beginAt = 0, random }: GeneratorOptions & { readonly random: Random },
): readonly Draft[] {
  const drafts: Draft[] = [];
  const begin = beginAt + random.integer(0, SPAN);
  for (let now = begin; drafts.length < count; now += random.integer(1, SPAN)) {
    const callAt = now;
    let effectAt = callAt;
    const batch = Math.min(random.integer(1, depth), count - drafts.length);
    for (let index = 0; index < batch; index++) {
      const isUnknown = random.chance(unknownPercent);
      if (!isUnknown) effectAt += 0.01 + random.integer(0, SPAN) / 2;
      const returnAt = effectAt + random.integer(0, SPAN) / 2;
      const lateAt = random.chance(50) ? callAt + 0.5 + random.integer(0, LATE_SPAN) : undefined;
      drafts.push({
        client,
        callAt,
        returnAt,
        isUnknown,
        effectAt: isUnknown ? lateAt : effectAt,
        action: actionOf(`${client}-${drafts.length}`, random),
        outcome: { type: "unknown" },
      });
      now = Math.max(now, returnAt);
    }
  }
  return drafts;
}

function actionOf(value: string, random: Random): Action {
  const drawn = random.integer(1, 100);
  if (drawn <= 45) return { type: "get" };
  if (drawn <= 70) return { type: "put", value };
  if (drawn <= 80) return { type: "delete" };
  if (drawn <= 88) return { type: "put-if-absent", value };
  return { type: "put-if-value", value, expected: "never written" };
}

/** Has the drafts take effect, in the order of their moments, and gives them their outcomes. */
function play(drafts: readonly Draft[], random: Random): void {
  const effects = drafts.flatMap((draft) =>
    draft.effectAt === undefined ? [] : [{ at: draft.effectAt, draft }],
  );
  let held: string | undefined;
  const past: string[] = [];
  for (const { draft } of effects.toSorted((one, other) => one.at - other.at)) {
    if (draft.action.type === "put-if-value" && past.length > 0) {
      const expected = held !== undefined && random.chance(70) ? held : random.pick(past);
      draft.action = { ...draft.action, expected };
    }
    const { outcome, next } = effectOf(draft.action, held, random);
    draft.outcome = outcome;
    if (next !== undefined && next !== held) past.push(next);
    held = next;
  }
}

function effectOf(
  action: Action,
  held: string | undefined,
  random: Random,
): { readonly outcome: Outcome; readonly next: string | undefined } {
  const found = random.chance(50) ? held !== undefined : undefined;
  const applied: Outcome = { type: "applied", found };
  switch (action.type) {
    case "get":
      return { outcome: { type: "read", value: held }, next: held };
    case "put":
      return { outcome: applied, next: action.value };
    case "delete":
      return { outcome: applied, next: undefined };
    case "put-if-absent":
      if (held === undefined) return { outcome: { type: "applied" }, next: action.value };
      return { outcome: { type: "refused" }, next: held };
    case "put-if-value":
      if (held === action.expected) return { outcome: { type: "applied" }, next: action.value };
      return { outcome: { type: "refused" }, next: held };
    default:
      throw new Error("No such action");
  }
}
