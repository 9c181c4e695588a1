/**
 * What all connections together have pending: replies that wait, the writes they wait for, and output
 * that clients have not taken. Each connection has a limit of its own; thousands of them at it would
 * still be more than a machine has.
 */
export class PendingTotal {
  readonly #limitBytes: () => number;
  #bytes = 0;

  /** The limit is asked for at every look: it may be changed while the node runs. */
  constructor(limitBytes: () => number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether connections that have something pending should wait until they have not. */
  get isFull(): boolean {
    return this.#bytes >= this.#limitBytes();
  }

  /** What one connection has pending has changed by so many bytes. */
  change(bytes: number): void {
    this.#bytes += bytes;
  }
}
