/** Has what is asked of one key happen in the order in which it was asked. */
export class KeyLines {
  readonly #last = new Map<string, Promise<void>>();

  /** Calls `next` when all that was added for `key` before has come to its end. */
  async add<Result>(key: Uint8Array, next: () => Promise<Result>): Promise<Result> {
    const name = Buffer.from(key).toString("latin1");
    const before = this.#last.get(name);
    const done = Promise.withResolvers<void>();
    this.#last.set(name, done.promise);
    await before;
    try {
      return await next();
    } finally {
      done.resolve();
    }
  }
}
