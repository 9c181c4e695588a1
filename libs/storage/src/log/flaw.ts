/** The first place in a log that is not as a store that was never interrupted would have left it. */
export interface Flaw {
  readonly segment: number;
  readonly offsetBytes: number;
  /** What is wrong there, as it fits behind a colon. */
  readonly reason: string;
  /** The sequence of the group that should begin there. */
  readonly sequence: number;
  /** Whether no write that was cut short can have left it: it is damage whatever follows. */
  readonly cannotBeTorn: boolean;
}
