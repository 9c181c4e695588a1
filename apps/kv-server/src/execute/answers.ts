import type { Answer, Answering } from "@kv/kv";

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
  const answers: Answer<Outcome>[] = [];
  const promises: Promise<void>[] = [];
  const collect = async (index: number, answering: Promise<Answer<Outcome>>): Promise<void> => {
    answers[index] = await answering;
  };
  try {
    for (const [index, item] of items.entries()) {
      const answering = operation(item);
      if (answering instanceof Promise) promises.push(collect(index, answering));
      else answers[index] = answering;
    }
  } catch (error) {
    // What the others come to is of no interest any more, but a failure that nobody hears of would end the process.
    for (const promise of promises) promise.catch(() => {});
    throw error;
  }
  if (promises.length === 0) return combine(answers, make);
  return Promise.all(promises).then(() => combine(answers, make));
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
  if (second instanceof Promise) {
    return second.then(({ outcome, durable }) => {
      return { outcome, durable: both(first.durable, durable) };
    });
  }
  return { outcome: second.outcome, durable: both(first.durable, second.durable) };
}

/** An answer that rests on nothing. */
export function atOnce<Outcome>(outcome: Outcome): Answer<Outcome> {
  return { outcome, durable: undefined };
}

/**
 * Settles when all of `durables` have, that there may be none of. Most often there is only one: no promise is made of
 * it, and whoever compares by identity finds it again.
 */
export function allDurable(durables: ReadonlySet<Promise<void>>): Promise<void> | undefined {
  if (durables.size > 1) return settled(durables);
  const [only] = durables;
  return only;
}

async function settled(durables: Iterable<Promise<void>>): Promise<void> {
  await Promise.all(durables);
}

function both(
  first: Promise<void> | undefined,
  second: Promise<void> | undefined,
): Promise<void> | undefined {
  if (first === undefined || first === second) return second;
  return second === undefined ? first : settled([first, second]);
}

function combine<Outcome, Result>(
  answers: readonly Answer<Outcome>[],
  make: (outcomes: readonly Outcome[]) => Result,
): Answer<Result> {
  const durables = new Set<Promise<void>>();
  const outcomes = answers.map(({ outcome, durable }) => {
    if (durable !== undefined) durables.add(durable);
    return outcome;
  });
  return { outcome: make(outcomes), durable: allDurable(durables) };
}
