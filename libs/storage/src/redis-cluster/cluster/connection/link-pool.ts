import { Link } from "./link.ts";
import type { LinkOptions } from "./link-options.ts";

/**
 * The connections for reads and for questions, one a server, made when somebody needs them. All who need one while it is being made wait for
 * the same attempt.
 */
export class LinkPool implements Disposable {
  readonly #options: LinkOptions;
  readonly #prepare: readonly string[] | undefined;
  readonly #open = new Map<string, Link>();
  readonly #opening = new Map<string, Promise<Link>>();
  #isEnded = false;

  /** `prepare` is a command that every connection begins with. */
  constructor(options: LinkOptions, prepare?: readonly string[]) {
    this.#options = options;
    this.#prepare = prepare;
  }

  /** The connection, where there is one already. */
  existing(address: string): Link | undefined {
    return this.#open.get(address);
  }

  get links(): Iterable<Link> {
    return this.#open.values();
  }

  /** Rejects with a `LinkLostError`, or a `RefusedError` of the command that it begins with. */
  async connect(address: string): Promise<Link> {
    const existing = this.#open.get(address);
    if (existing !== undefined) return existing;
    const opening = this.#opening.get(address) ?? this.#begin(address);
    this.#opening.set(address, opening);
    return await opening;
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    for (const link of this.#open.values()) link.destroy("it was closed");
  }

  async #begin(address: string): Promise<Link> {
    try {
      const link = await Link.open(address, this.#options);
      if (this.#prepare !== undefined) await link.send(this.#prepare);
      this.#open.set(address, link);
      link.onLost(() => {
        if (this.#open.get(address) === link) this.#open.delete(address);
      });
      if (this.#isEnded) link.destroy("it was closed");
      return link;
    } finally {
      this.#opening.delete(address);
    }
  }
}
