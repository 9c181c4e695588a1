/** It took longer than whoever waits for it has time. */
export class TooLateError extends Error {
  override readonly name = "TooLateError";
}

/** What `promise` settles to, or a `TooLateError` after `limitMs`, whatever becomes of it then. */
export async function within<Value>(limitMs: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new TooLateError(`no answer within ${Math.round(limitMs)} ms`));
      },
      Math.max(0, limitMs),
    );
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
