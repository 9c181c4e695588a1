/** A child, or an application, that did not stop as it should. */
export interface StopFailure {
  /** As events name it: `kv-server`, `kv.store`. */
  readonly name: string;
  /** What it did instead, to be read after its name: `did not stop within 40 ms`. */
  readonly how: string;
  /** What its disposal threw; not there when it was late. */
  readonly failure?: unknown;
}
