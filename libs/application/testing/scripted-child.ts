import type { Child, ChildSpecification } from "../src/child.ts";

/** What happened to the children of a test, in order: `start a`, `stop a`. */
export type Journal = string[];

/** A child whose life a test directs. */
export class ScriptedChild implements Child {
  readonly #end = Promise.withResolvers<void>();
  readonly #onStop: () => Promise<void>;

  constructor(onStop: () => Promise<void>) {
    this.#onStop = onStop;
  }

  get finished(): Promise<void> {
    return this.#end.promise;
  }

  /** Ends by itself, all being well. */
  end(): void {
    this.#end.resolve();
  }

  fail(error: Error): void {
    this.#end.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#onStop();
  }
}

/** The children of one supervisor: started as specified, known by their ids, and all they do written down. */
export class ScriptedChildren {
  readonly journal: Journal = [];
  readonly #current = new Map<string, ScriptedChild>();
  /** What the next starts of a child do instead of succeeding. */
  readonly #troubles = new Map<string, (() => Promise<void>)[]>();

  specification(
    id: string,
    terms: Omit<Partial<ChildSpecification>, "id" | "start"> = {},
  ): ChildSpecification {
    return { ...terms, id, start: () => this.#start(id) };
  }

  /** The child that was started last under `id`. */
  get(id: string): ScriptedChild {
    const child = this.#current.get(id);
    if (child === undefined) throw new Error(`${id} was never started`);
    return child;
  }

  /** The next start of `id` waits for `trouble`, and fails as it does. */
  trouble(id: string, trouble: () => Promise<void>): void {
    this.#troubles.set(id, [...(this.#troubles.get(id) ?? []), trouble]);
  }

  /** The next stop of the running `id` waits for this. */
  readonly stops = new Map<string, () => Promise<void>>();

  /** The journal since this was asked last. */
  takeJournal(): Journal {
    return this.journal.splice(0);
  }

  async #start(id: string): Promise<Child> {
    this.journal.push(`start ${id}`);
    await this.#troubles.get(id)?.shift()?.();
    const child = new ScriptedChild(async () => {
      this.journal.push(`stop ${id}`);
      await this.stops.get(id)?.();
    });
    this.#current.set(id, child);
    return child;
  }
}
