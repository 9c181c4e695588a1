/** What bounds a cluster's memory. */
export interface Limits {
  /** Longest payload of a call or an answer, in bytes. Default 68 MiB: a value of 64 MiB with its key, bucket and path. */
  readonly payloadLimitBytes: number;
  /**
   * A link with more than so many bytes waiting is congested. While more than so many bytes of answers wait, it serves no
   * more calls; and when so many bytes of those are set aside, it reads no more. Default 8 MiB.
   */
  readonly queueLimitBytes: number;
  /** With more than so many bytes waiting, calls fail at once. Default 32 MiB. */
  readonly overflowBytes: number;
  /** How many calls may wait for their answer on one link. Default 131,072. */
  readonly callLimit: number;
  /** How many connections may be in their handshake. Default 64. */
  readonly strangerLimit: number;
}

const MiB = 1024 * 1024;

/** The defaults of {@link Limits}. */
export const defaultLimits: Limits = {
  payloadLimitBytes: 68 * MiB,
  queueLimitBytes: 8 * MiB,
  overflowBytes: 32 * MiB,
  callLimit: 131_072,
  strangerLimit: 64,
};
