import type { Child } from "../child.ts";
import { ApplicationError, isApplicationError } from "../errors.ts";
import { stopChild, type StopTerms } from "./stop-child.ts";

/** How a start is given up: `signal` is the order, `shutdownMs` the time it has to obey. */
export interface StartTerms extends StopTerms {
  readonly signal: AbortSignal;
}

/**
 * Runs `start` to its end: the child it made, or its failure, thrown. When `signal` is aborted meanwhile, its
 * reason is thrown instead, once the start has ended or `shutdownMs` later; a child that is made all the same is
 * disposed of, however late it comes. So no child is leaked and nobody waits for ever. When that takes too long, or
 * the disposal fails, `STOP_FAILED` is thrown.
 *
 * The signal that `start` is given is aborted during the start only: what lives longer may hold on to it.
 */
export async function startChild<Started extends Child>(
  start: (signal: AbortSignal) => Promise<Started>,
  terms: StartTerms,
): Promise<Started> {
  const { signal } = terms;
  signal.throwIfAborted();
  const order = new AbortController();
  const settled = new AbortController();
  const givenUp = Promise.withResolvers<undefined>();
  signal.addEventListener(
    "abort",
    () => {
      order.abort(signal.reason);
      givenUp.resolve(undefined);
    },
    { signal: settled.signal },
  );
  const starting = (async () => start(order.signal))();
  try {
    const child = await Promise.race([starting, givenUp.promise]);
    if (child !== undefined) return child;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    settled.abort();
  }
  const undoing = { [Symbol.asyncDispose]: () => discard(starting) };
  const failures = await stopChild(undoing, terms);
  throw failures.length === 0 ? signal.reason : new ApplicationError("STOP_FAILED", { failures });
}

/** Nobody wants what `starting` makes any more, nor to know why it failed. */
async function discard(starting: Promise<Child>): Promise<void> {
  const child = await starting.catch((failure: unknown) => {
    // A start that was given up is expected to fail, but not to leave something behind.
    if (isApplicationError(failure, "STOP_FAILED")) throw failure;
  });
  if (child === undefined) return;
  child.finished.catch(() => {});
  await child[Symbol.asyncDispose]();
}
