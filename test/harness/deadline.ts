/** How long a test waits for one thing before it calls that a failure. Never a pause: on success nothing waits for it. */
export const patienceMs = 15_000;

/** `promise`, or a failure that says what never came. */
export async function within<Value>(
  promise: Promise<Value>,
  what: string | (() => string),
  limitMs = patienceMs,
): Promise<Value> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const named = typeof what === "string" ? what : what();
    expiry.reject(new Error(`Waited ${limitMs} ms in vain for ${named}`));
  }, limitMs);
  try {
    return await Promise.race([promise, expiry.promise]);
  } finally {
    clearTimeout(timer);
  }
}
