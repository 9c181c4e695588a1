/**
 * Whether the time of a key or bucket is over. Judged at every look, never by a timer: nothing is
 * served in the millisecond it expires, and replaying a log needs no clock.
 */
export function hasLapsed(
  subject: { readonly expiresAtMs?: number | undefined },
  nowMs: number,
): boolean {
  return subject.expiresAtMs !== undefined && nowMs >= subject.expiresAtMs;
}

/**
 * Refuses, as the caller's bug, a time that is not a whole number of milliseconds: the log has no
 * room for another one. Throws a `RangeError`.
 */
export function assertWholeMilliseconds(expiresAtMs: number | undefined): void {
  if (expiresAtMs !== undefined && !Number.isSafeInteger(expiresAtMs)) {
    throw new RangeError(`Cannot expire at ${expiresAtMs}: not whole Unix milliseconds`);
  }
}
