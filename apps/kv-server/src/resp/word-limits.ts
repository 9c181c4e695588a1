import type { ServerEnvironment } from "../environment.ts";

/** The most words that one request may have: a million, as in Redis before 7. */
export const wordCountLimit = 1024 * 1024;

/** A longer word than this ends the connection: what announces one does not speak RESP, or means harm. */
export const announcedLimitBytes = 512 * 1024 * 1024;

/** The longest line of words that are not counted, with its end. */
export const inlineLimitBytes = 64 * 1024;

/** What a client that has not logged in may send at most: enough for HELLO with everything. As in Redis. */
export const strangersWordCountLimit = 10;

/** The same of one word, and what a request may be before any limit has to be looked at. */
export const strangersWordLimitBytes = 16 * 1024;

/** What the limits of a {@link WordReader} depend on. Asked anew for every request that is not a small one. */
export interface Audience {
  readonly limits: Pick<
    ServerEnvironment,
    "keyLimitBytes" | "requestLimitBytes" | "valueLimitBytes"
  >;
  /** Whether the client may send what costs memory. */
  readonly isAdmitted: () => boolean;
}
