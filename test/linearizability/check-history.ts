/**
 * Whether a history of one key is linearizable: whether its operations can be put in an order in which each takes effect at
 * one moment between its call and its return, and each finds what the one before has left.
 *
 * Some contradictions are seen at once: `hasClash()`. The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993): of the operations that were
 * called before the first of the unplaced ones was due, try each as the next one, and go back where none will do. It
 * remembers, as Lowe does ("Testing for Linearizability", 2017), from which sets of placed operations and which state it
 * has gone on in vain. What keeps it short here:
 *
 * - A read, or a refusal, that fits is placed at once: no order needs it later.
 * - A value that somebody has yet to see is not overwritten: it never comes back.
 * - A place reached with more of the unknown writes used up than at another time leads no further than it did then.
 */
import { hasClash } from "./clash.ts";
import type { Operation } from "./operation.ts";
import { planOf } from "./plan.ts";
import { type Mark, type Move, Placement } from "./placement.ts";
import { Tried } from "./tried.ts";

/** What a check comes to, and how often the search had to choose. */
export interface Verdict {
  readonly isLinearizable: boolean;
  readonly tries: number;
}

/** More tries than this, and the history is too hard to judge: it is thrown as a `RangeError`. */
const TRIES_LIMIT = 500_000;

/** One choice on the way: what can be tried next here, and how much of it has been. */
interface Fork {
  readonly mark: Mark;
  readonly moves: readonly Move[];
  next: number;
}

/** Judges `history`. Throws a `TypeError` for one that is none: see `planOf()`. */
export function checkHistory(history: readonly Operation[]): Verdict {
  const plan = planOf(history);
  let tries = 0;
  if (hasClash(plan)) return { isLinearizable: false, tries };
  const placement = new Placement(plan);
  const tried = new Tried();
  const forks: Fork[] = [];
  for (;;) {
    placement.settle();
    if (placement.isComplete) return { isLinearizable: true, tries };
    if (tried.add(placement)) {
      forks.push({ mark: placement.mark(), moves: placement.moves(), next: 0 });
    }
    if (!tryNext(forks, placement)) return { isLinearizable: false, tries };
    tries++;
    if (tries > TRIES_LIMIT) throw new RangeError(`Undecided after ${TRIES_LIMIT} tries`);
  }
}

/** Makes the next move there is, here or further back; false when there is none left. */
function tryNext(forks: Fork[], placement: Placement): boolean {
  for (let fork = forks.at(-1); fork !== undefined; fork = forks.at(-1)) {
    const move = fork.moves[fork.next++];
    if (move !== undefined) {
      placement.backTo(fork.mark);
      placement.make(move);
      return true;
    }
    forks.pop();
  }
  return false;
}
