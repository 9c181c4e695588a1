import type { TortureReport } from "./torture-node.ts";

/** What many kills came to. */
export class KillTally {
  readonly #kinds = new Map<string, { kills: number; landed: number }>();
  readonly #syncs = new Map<string, { kills: number; acknowledged: number }>();
  kills = 0;
  acknowledged = 0;
  inFlight = 0;

  add({ kind, sync, hasLanded, acknowledged, inFlight }: TortureReport): void {
    this.kills += 1;
    this.acknowledged += acknowledged;
    this.inFlight += inFlight;
    const ofKind = this.#kinds.get(kind) ?? { kills: 0, landed: 0 };
    ofKind.kills += 1;
    ofKind.landed += hasLanded ? 1 : 0;
    this.#kinds.set(kind, ofKind);
    const ofSync = this.#syncs.get(sync) ?? { kills: 0, acknowledged: 0 };
    ofSync.kills += 1;
    ofSync.acknowledged += acknowledged;
    this.#syncs.set(sync, ofSync);
  }

  /** How many kills came in the midst of what they were meant for, by kind. */
  get landed(): ReadonlyMap<string, number> {
    return new Map([...this.#kinds].map(([kind, { landed }]) => [kind, landed]));
  }

  /** How many writes were acknowledged, by when the log was synced. */
  get acknowledgedBySync(): ReadonlyMap<string, number> {
    return new Map([...this.#syncs].map(([sync, { acknowledged }]) => [sync, acknowledged]));
  }

  /** A line for people: how many there were. */
  textOf(planned: number): string {
    return `${this.kills} of ${planned} kills, ${this.acknowledged} writes acknowledged, ${this.inFlight} in flight when killed`;
  }

  /** A line for people: what the kills came in the midst of, and how the log was synced. */
  get kindsText(): string {
    const kinds = [...this.#kinds].toSorted(([one], [other]) => (one < other ? -1 : 1));
    const texts = kinds.map(([kind, { kills, landed }]) => `${kind} ${landed} of ${kills}`);
    const syncs = [...this.#syncs].map(([sync, { kills }]) => `${sync} ${kills}`);
    return `in the midst of: ${texts.join(", ")}; by sync: ${syncs.join(", ")}`;
  }
}
