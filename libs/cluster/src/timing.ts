/** How long a cluster waits for what, in milliseconds. */
export interface Timing {
  /** After so long without sending anything, a link sends a sign of life. Default 1000. */
  readonly heartbeatMs: number;
  /** A node of which nothing was heard for so long is down. More than twice the heartbeat. Default 3000. */
  readonly silenceLimitMs: number;
  /** How long connecting and the handshake may take. Default 5000. */
  readonly handshakeTimeoutMs: number;
  /** How long the node at the end of a link may take to show that it is there, when another one of its name comes. Default 1000. */
  readonly probeTimeoutMs: number;
  /** The pause before a node is dialled again; it doubles with every failure. Default 100. */
  readonly backOffMs: number;
  /** The longest pause before a node is dialled again. Default 5000. */
  readonly backOffLimitMs: number;
  /**
   * How long after its last dial a node that was absent then is dialled anew for a call, which waits for that; it doubles with
   * every failure. It bounds what dialling in vain costs. Default 5.
   */
  readonly absentPauseMs: number;
  /** The longest of these pauses: the longest, so, that a call for a node that is not there waits for its failure. Default 40. */
  readonly absentPauseLimitMs: number;
  /** How long at most a call waits for a node that was absent when it was last dialled. Default 1000. */
  readonly graceMs: number;
  /** A node that nobody has asked for in so long is not dialled again until somebody does. Default 60,000. */
  readonly interestMs: number;
  /** How long calls under way may take to be answered when a link is ended in order. Default 2000. */
  readonly farewellMs: number;
}

/** The defaults of {@link Timing}. */
export const defaultTiming: Timing = {
  heartbeatMs: 1000,
  silenceLimitMs: 3000,
  handshakeTimeoutMs: 5000,
  probeTimeoutMs: 1000,
  backOffMs: 100,
  backOffLimitMs: 5000,
  absentPauseMs: 5,
  absentPauseLimitMs: 40,
  graceMs: 1000,
  interestMs: 60_000,
  farewellMs: 2000,
};
