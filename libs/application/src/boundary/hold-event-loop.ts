import type { Time } from "../time.ts";

/** The longest time a timer of Node's can run, in milliseconds; then it is set again. */
const longestSleepMs = 2 ** 31 - 1;

/**
 * Keeps the process alive until the answer is called. A promise that is waited for does not, nor do listeners for
 * signals: without this, a system that holds no socket would end the moment it has started, and unsealed.
 */
export function holdEventLoop(time: Time): () => void {
  const released = new AbortController();
  void sleepUntil(released.signal, time);
  return () => released.abort();
}

async function sleepUntil(signal: AbortSignal, time: Time): Promise<void> {
  while (!signal.aborted) await time.sleep(longestSleepMs, signal);
}
