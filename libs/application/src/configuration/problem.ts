/**
 * One thing that is wrong with the configuration. Printed as `SUBJECT=GOT: EXPECTED (ORIGIN)`, it names the thing, what
 * would be right, and the place to mend it.
 */
export interface ConfigurationProblem {
  /** A key (`kv-server.port`, `kv.routingTable.0.from`), a variable (`PORT`) or a file. */
  readonly subject: string;
  /** What there is, ready to be printed; `undefined` when there is nothing to show, or it is a secret. */
  readonly got?: string | undefined;
  /** What would be right, or why this is wrong. */
  readonly expected: string;
  /** Where it was said. */
  readonly origin?: string | undefined;
}
