/** One connection, as others may see it: who is at its other end, and what it is called. */
export interface Client {
  /** Counts from 1 up; never used again while the process lives. */
  readonly id: number;
  /** Its own address and port, and the one it came in by, as a person writes them. */
  readonly peer: string;
  readonly local: string;
  /** When it was accepted, and when it sent something last, by the door's clock. */
  readonly acceptedAtMs: number;
  readonly activeAtMs: number;
  /** Who has logged in, if anybody had to. */
  readonly user: string | undefined;
  /** Whether its requests are served now: it has logged in, or nobody has to. */
  readonly isAdmitted: boolean;
  /** Closes it at once; what it is still owed is lost. */
  cut(): void;
  /** Closes it when what it is owed has gone out. */
  drain(): void;
}

/** The connections of one door. */
export interface Clients {
  readonly size: number;
  /** In the order they came in. */
  [Symbol.iterator](): Iterator<Client>;
}
