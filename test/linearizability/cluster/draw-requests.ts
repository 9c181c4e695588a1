import type { Random } from "../../harness/random.ts";
import type { Action } from "../operation.ts";
import type { Request, Speech, Target } from "./request.ts";

/** A value of a key with its revision, as a client was told. */
export interface Seen {
  readonly value: string;
  readonly revision: Buffer;
}

/** Draws what one client asks for. */
export class RequestDeck {
  readonly #client: string;
  readonly #targets: readonly Target[];
  readonly #random: Random;
  readonly #seen = new Map<Target, Seen>();
  #made = 0;

  constructor(client: string, targets: readonly Target[], random: Random) {
    this.#client = client;
    this.#targets = targets;
    this.#random = random;
  }

  /** Has the next condition on this key rest on `seen`. */
  note(target: Target, seen: Seen): void {
    this.#seen.set(target, seen);
  }

  /** As many requests, for a client that speaks `protocol`. */
  draw(count: number, protocol: Speech<unknown>["name"]): readonly Request[] {
    return Array.from({ length: count }, () => {
      const target = this.#random.pick(this.#targets);
      const seen = this.#seen.get(target);
      const action = protocol === "line" ? this.#lineAction() : this.#respAction(seen);
      const wantsRevision = this.#random.chance(50);
      return { target, action, revision: seen?.revision, wantsRevision };
    });
  }

  #lineAction(): Action {
    const drawn = this.#random.integer(1, 100);
    if (drawn <= 50) return { type: "get" };
    return drawn <= 85 ? { type: "put", value: this.#value() } : { type: "delete" };
  }

  #respAction(seen: Seen | undefined): Action {
    const drawn = this.#random.integer(1, 100);
    if (drawn <= 45) return { type: "get" };
    if (drawn <= 65) return { type: "put", value: this.#value() };
    if (drawn <= 75) return { type: "delete" };
    if (drawn <= 85 || seen === undefined) return { type: "put-if-absent", value: this.#value() };
    return { type: "put-if-value", value: this.#value(), expected: seen.value };
  }

  /** A value that no other write has. */
  #value(): string {
    this.#made++;
    return `${this.#client}-${this.#made}`;
  }
}
