/** What reading a whole store has told about it. All of it is what JSON can hold. */
export interface CheckReport {
  readonly directory: string;
  /** Hexadecimal; `undefined` when no file tells it. */
  readonly storeId: string | undefined;
  readonly formatVersion: number;
  /** Whether the store was closed properly: its log ends where the seal says. */
  readonly sealed: boolean;
  /** The files of the log, in order; those that are left over are not among them. */
  readonly segments: readonly CheckedSegment[];
  /** Lapsed ones included. Of a damaged store, what can be made out. */
  readonly keys: number;
  /** Lapsed ones included. */
  readonly buckets: number;
  /** What of the log is needed, and what compaction could give back. */
  readonly liveBytes: number;
  readonly deadBytes: number;
  /** No revision that the log tells of is higher. */
  readonly lastRevision: number;
  readonly snapshot: CheckedSnapshot;
  /** By file and place. */
  readonly findings: readonly Finding[];
  /** No finding is damage. */
  readonly isSound: boolean;
}

/** One file of a log. */
export interface CheckedSegment {
  readonly number: number;
  readonly bytes: number;
  /** Those that are sound. */
  readonly groups: number;
  readonly records: number;
}

/** What there is to say of the index snapshot. A store does without: its next start then takes longer. */
export interface CheckedSnapshot {
  readonly state: "none" | "good" | "unusable";
  /** Why it is unusable, as it fits behind a colon. */
  readonly reason?: string | undefined;
  /** How many keys are in it; how many the store has, if the log was not written to since. */
  readonly keys?: number | undefined;
}

/**
 * Something in a store that is not as a store that was closed properly has it.
 *
 * `damage`: bytes are not what was written. `torn-tail`: a crash cut a write short that nobody was promised;
 * the next start cuts it off. `note`: nothing that matters to the store.
 */
export interface Finding {
  readonly severity: "damage" | "torn-tail" | "note";
  readonly path: string;
  readonly offsetBytes: number;
  /** As it fits behind a colon. */
  readonly reason: string;
}
