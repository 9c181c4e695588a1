import type { Child } from "../child.ts";
import type { Time } from "../time.ts";
import { within } from "../time.ts";

/** How a start is given up: `signal` is the order, `graceMs` the time it has to obey. */
export interface StartTerms {
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly time: Time;
}

/**
 * Runs `start` to its end: the child it made, or its failure, thrown. When `signal` is aborted meanwhile, its
 * reason is thrown instead, once the start has ended or `graceMs` later; a child that is made all the same is
 * disposed of, however late it comes. So no child is leaked and nobody waits for ever.
 *
 * The signal that `start` is given is aborted during the start only: what lives longer may hold on to it.
 */
export async function startChild<Started extends Child>(
  start: (signal: AbortSignal) => Promise<Started>,
  { signal, graceMs, time }: StartTerms,
): Promise<Started> {
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
  await within(discard(starting), graceMs, time);
  throw signal.reason;
}

/** Nobody wants what `starting` makes any more, nor to know why it failed. */
async function discard(starting: Promise<Child>): Promise<void> {
  try {
    const child = await starting;
    child.finished.catch(() => {});
    await child[Symbol.asyncDispose]();
  } catch {
    // A start that was given up is expected to fail.
  }
}
