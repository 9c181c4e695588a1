/**
 * Who has to wait when the process stands still for a moment: clients of front doors, nodes that are linked. With one at most a
 * write may be synced so: nobody waits for it but who has asked for it.
 */
export class Crowd {
  readonly #counts = new Set<() => number>();

  /** Has those counted in whom `count` counts, from now on until the result is called. */
  add(count: () => number): () => void {
    this.#counts.add(count);
    return () => this.#counts.delete(count);
  }

  /** The same for links to other nodes, of which each brings as many clients as that node has. */
  addLinks(count: () => number): () => void {
    return this.add(() => (count() === 0 ? 0 : Number.POSITIVE_INFINITY));
  }

  /** Whether there is one at most. Not while nobody counts: then nobody knows. */
  get isAtMostOne(): boolean {
    let sum = 0;
    for (const count of this.#counts) sum += count();
    return this.#counts.size > 0 && sum <= 1;
  }
}
