/** What the parts of an assembly are given beside the release. */
export interface Assembly {
  /** Tells the person what is done now, as one line: `copying Node 26.10.0`. Printed after `* `, unless quiet. */
  readonly say: (line: string) => void;
  /** How far something long has come: shown on a terminal when it takes longer than two seconds. `of` is missing while unknown. */
  readonly progress: (what: string, done: number, of?: number) => void;
  /** Aborted when the person gives up. */
  readonly signal: AbortSignal;
  /** The variables of the operating system. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}
