import type { Answer } from "@kv/kv";
import { Durables } from "./durables.ts";
import { changed, isThere, type Replying } from "./replying.ts";
import { Steps } from "./steps.ts";

/**
 * What `make` makes of the outcomes of one operation for each of `items`: at once when all of them answer at once. They
 * begin in one turn, in order, so that no other request comes between. The result may be told when all that any of them
 * rests on is durable. A failure of one is that of all, told when all are over: never is one of them still to come.
 */
export function gather<Item, Outcome, Result>(
  items: readonly Item[],
  operation: (item: Item) => Replying<Outcome>,
  make: (outcomes: readonly Outcome[]) => Result,
): Replying<Result> {
  const gathered: Gathered<Outcome> = { outcomes: [], durables: new Durables() };
  const { outcomes, durables } = gathered;
  const waiting: Promise<void>[] = [];
  let goesInSteps = false;
  let index = 0;
  try {
    for (const item of items) {
      const replying = operation(item);
      if (isThere(replying)) put(gathered, index, replying);
      else waiting.push(collect(gathered, index, replying));
      goesInSteps ||= replying instanceof Steps;
      index++;
    }
  } catch (error) {
    if (waiting.length === 0) throw error;
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- passed on as it is
    waiting.push(Promise.reject(error));
  }
  if (waiting.length === 0) return { outcome: make(outcomes), durable: durables.all };
  const answer = allOver(waiting).then(() => ({
    outcome: make(outcomes),
    durable: durables.all,
  }));
  return goesInSteps ? new Steps(answer) : answer;
}

/** The answer with another outcome. */
export function mapAnswer<Outcome, Result>(
  replying: Replying<Outcome>,
  make: (outcome: Outcome) => Result,
): Replying<Result> {
  return changed(replying, ({ outcome, durable }) => ({ outcome: make(outcome), durable }));
}

/** The answer of what `next` does with the outcome of a first step; it rests on both. */
export function chain<Outcome, Result>(
  first: Replying<Outcome>,
  next: (outcome: Outcome) => Replying<Result>,
): Replying<Result> {
  if (!isThere(first)) return new Steps(goOn(first, next));
  const second = next(first.outcome);
  if (first.durable === undefined) return second;
  return changed(second, (answer) => joined(first, answer));
}

/** An answer that rests on nothing. */
export function atOnce<Outcome>(outcome: Outcome): Answer<Outcome> {
  return { outcome, durable: undefined };
}

interface Gathered<Outcome> {
  readonly outcomes: Outcome[];
  readonly durables: Durables;
}

async function collect<Outcome>(
  gathered: Gathered<Outcome>,
  index: number,
  answering: PromiseLike<Answer<Outcome>>,
): Promise<void> {
  put(gathered, index, await answering);
}

function put<Outcome>(
  { outcomes, durables }: Gathered<Outcome>,
  index: number,
  { outcome, durable }: Answer<Outcome>,
): void {
  outcomes[index] = outcome;
  durables.add(durable);
}

/** Rejects with the first failure, when the last of them is over. */
async function allOver(waiting: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(waiting);
  await Promise.all(waiting);
}

async function goOn<Outcome, Result>(
  first: PromiseLike<Answer<Outcome>>,
  next: (outcome: Outcome) => Replying<Result>,
): Promise<Answer<Result>> {
  return chain(await first, next);
}

function joined<Outcome>(first: Answer<unknown>, second: Answer<Outcome>): Answer<Outcome> {
  if (first.durable === undefined || first.durable === second.durable) return second;
  const durables = new Durables();
  durables.add(first.durable);
  durables.add(second.durable);
  return { outcome: second.outcome, durable: durables.all };
}
