import type { Answer, Answering } from "@kv/kv";
import { Durables } from "./durables.ts";

/**
 * What `make` makes of the outcomes of one operation for each of `items`: at once when all of them answer at once. They
 * begin in one turn, in order, so that no other request comes between. The result may be told when all that any of them
 * rests on is durable. A failure of one is that of all.
 */
export function gather<Item, Outcome, Result>(
  items: readonly Item[],
  operation: (item: Item) => Answering<Outcome>,
  make: (outcomes: readonly Outcome[]) => Result,
): Answering<Result> {
  const gathered: Gathered<Outcome> = { outcomes: [], durables: new Durables() };
  const promises: Promise<void>[] = [];
  let index = 0;
  try {
    for (const item of items) {
      const answering = operation(item);
      if (answering instanceof Promise) promises.push(collect(gathered, index, answering));
      else put(gathered, index, answering);
      index++;
    }
  } catch (error) {
    // What the others come to is of no interest any more, but a failure that nobody hears of would end the process.
    for (const promise of promises) promise.catch(() => {});
    throw error;
  }
  const { outcomes, durables } = gathered;
  if (promises.length === 0) return { outcome: make(outcomes), durable: durables.all };
  return Promise.all(promises).then(() => ({ outcome: make(outcomes), durable: durables.all }));
}

/** The answer with another outcome. */
export function mapAnswer<Outcome, Result>(
  answering: Answering<Outcome>,
  make: (outcome: Outcome) => Result,
): Answering<Result> {
  if (answering instanceof Promise) {
    return answering.then(({ outcome, durable }) => ({ outcome: make(outcome), durable }));
  }
  return { outcome: make(answering.outcome), durable: answering.durable };
}

/** The answer of what `next` does with the outcome of a first step; it rests on both. */
export function chain<Outcome, Result>(
  first: Answering<Outcome>,
  next: (outcome: Outcome) => Answering<Result>,
): Answering<Result> {
  if (first instanceof Promise) return first.then((answer) => chain(answer, next));
  const second = next(first.outcome);
  if (second instanceof Promise) return second.then((answer) => joined(first, answer));
  return joined(first, second);
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
  answering: Promise<Answer<Outcome>>,
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

function joined<Outcome>(first: Answer<unknown>, second: Answer<Outcome>): Answer<Outcome> {
  if (first.durable === undefined || first.durable === second.durable) return second;
  const durables = new Durables();
  durables.add(first.durable);
  durables.add(second.durable);
  return { outcome: second.outcome, durable: durables.all };
}
