/** What one crew of writers was told of what it wrote; plain data, so that it can come from another process. */
export interface WriterLedger {
  /** Keys that were not there, and were acknowledged. */
  readonly inserted: readonly Cell[];
  /** Keys of this crew alone, overwritten by 1, 2, 3 and so on. */
  readonly overwritten: readonly OverwrittenCell[];
  /** Numbers that all crews count up by conditional writes: how often this one was acknowledged, and how often it does not know. */
  readonly counted: readonly CountedCell[];
  /** How often there was no acknowledgement: `refused`, when nothing was written or read, or `unknown`. */
  readonly refused: Readonly<Record<string, number>>;
  /** The longest time in which one that overwrites was acknowledged nothing, in milliseconds. */
  readonly pauseMs: number;
}

/** A key of a bucket. */
export interface Cell {
  readonly bucket: string;
  readonly key: string;
}

/** The last number that was acknowledged, the last one that was tried, and how often an older one was read than had been acknowledged. */
export interface OverwrittenCell extends Cell {
  readonly done: number;
  readonly tried: number;
  readonly reverted: number;
}

/** How many counts were acknowledged, and of how many nobody knows. */
export interface CountedCell extends Cell {
  readonly done: number;
  readonly unknown: number;
}
