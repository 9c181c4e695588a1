import type { Answer, ListOptions } from "@kv/kv";
import { Durables } from "./durables.ts";
import { isThere, type Replying } from "./replying.ts";
import { Steps } from "./steps.ts";

type Cursor = ListOptions["cursor"];

/** A listing that is followed from page to page. */
export interface Following<Page> {
  /** The page at `cursor`, the first for `undefined`. */
  readonly read: (cursor: Cursor) => Replying<Page>;
  /** Takes a page; where the next one is, `undefined` when there is to be no further one. */
  readonly take: (page: Page) => Cursor;
}

/**
 * Reads page after page; in one turn where the buckets answer at once, so that nothing changes between the pages. The
 * answer rests on all of them, and is `result` of what they were taken to.
 */
export function followPages<Page, Result>(
  following: Following<Page>,
  result: () => Result,
): Replying<Result> {
  return follow(following, result, { cursor: undefined, durables: new Durables() });
}

interface Progress {
  cursor: Cursor;
  readonly durables: Durables;
}

function follow<Page, Result>(
  following: Following<Page>,
  result: () => Result,
  progress: Progress,
): Replying<Result> {
  const { read, take } = following;
  do {
    const answering = read(progress.cursor);
    if (!isThere(answering)) {
      return new Steps(goOn(answering, { following, result, progress }));
    }
    progress.durables.add(answering.durable);
    progress.cursor = take(answering.outcome);
  } while (progress.cursor !== undefined);
  return { outcome: result(), durable: progress.durables.all };
}

interface Paused<Page, Result> {
  readonly following: Following<Page>;
  readonly result: () => Result;
  readonly progress: Progress;
}

async function goOn<Page, Result>(
  answering: PromiseLike<Answer<Page>>,
  { following, result, progress }: Paused<Page, Result>,
): Promise<Answer<Result>> {
  const { outcome, durable } = await answering;
  progress.durables.add(durable);
  progress.cursor = following.take(outcome);
  if (progress.cursor !== undefined) return follow(following, result, progress);
  return { outcome: result(), durable: progress.durables.all };
}
