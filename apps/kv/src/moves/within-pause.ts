/** What `work` comes to, or `undefined` when it takes longer than `limitMs`: then it goes on, and nobody listens to it. */
export async function withinPause<Result>(
  work: Promise<Result>,
  limitMs: number,
): Promise<Result | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), limitMs);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
