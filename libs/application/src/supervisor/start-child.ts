import type { Child } from "../child.ts";
import type { Time } from "../time.ts";
import { within } from "../time.ts";

/** How a start is given up: `signal` is its order, `graceMs` the time it has to obey. */
export interface StartTerms {
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly time: Time;
}

/**
 * Runs `start` to its end: the child it made, or its failure, thrown. When `signal` is aborted meanwhile the
 * reason is thrown instead, once the start has ended or `graceMs` later; a child that is made all the same is
 * disposed of, however late it comes. So no child is ever leaked and nobody waits for ever.
 */
export async function startChild<Started extends Child>(
  start: (signal: AbortSignal) => Promise<Started>,
  { signal, graceMs, time }: StartTerms,
): Promise<Started> {
  signal.throwIfAborted();
  const starting = (async () => start(signal))();
  const first = await Promise.race([starting, aborted(signal)]);
  if (first !== "aborted" && !signal.aborted) return first;
  await within(discard(starting), graceMs, time);
  throw signal.reason;
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  const { promise, resolve } = Promise.withResolvers<"aborted">();
  signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  return promise;
}

/** Nobody wants what `starting` makes any more, nor to know why it failed. */
async function discard(starting: Promise<Child>): Promise<void> {
  try {
    const child = await starting;
    child.finished.catch(() => {});
    await child[Symbol.asyncDispose]();
  } catch {
    // The start was given up: its failure is what was asked for.
  }
}
