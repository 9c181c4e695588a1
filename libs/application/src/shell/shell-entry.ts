/** A name that is there for operators who type code on a node. */
export interface ShellEntry {
  readonly value: unknown;
  /** What it is, in a sentence; further lines may say how it is used. */
  readonly doc: string;
}

/** By their names. */
export type ShellEntries = Readonly<Record<string, ShellEntry>>;
