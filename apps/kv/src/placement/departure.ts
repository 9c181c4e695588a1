import type { NodeName } from "@kv/cluster";
import { Later, type Served } from "../remote/later.ts";
import type { Changes, Departing } from "../moves/departing.ts";

/** Does what a departure ends with. */
export interface DepartureTerms {
  /** Writes down that the bucket is the other node's; resolves when that is durable and in force. */
  readonly giveAway: (to: NodeName, planId: string) => Promise<void>;
  /** The departure is over: the bucket is found as if there had been none. */
  readonly end: () => void;
}

/** A bucket on its way out: what changes is noted, and for a moment requests wait. */
export class Departure implements Departing {
  readonly #terms: DepartureTerms;
  readonly #waiting: (() => void)[] = [];
  #keys = new Map<string, Uint8Array>();
  #isDropped = false;
  #isBucketChanged = false;
  #isHeld = false;
  #isOver = false;

  constructor(terms: DepartureTerms) {
    this.#terms = terms;
  }

  /** Whether requests wait. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Notes a key that was written to. */
  changed(key: Uint8Array): void {
    const name = Buffer.from(key).toString("latin1");
    if (!this.#keys.has(name)) this.#keys.set(name, Uint8Array.from(key));
  }

  bucketChanged(): void {
    this.#isBucketChanged = true;
  }

  dropped(): void {
    this.#isDropped = true;
  }

  takeChanges(): Changes {
    const keys = [...this.#keys.values()];
    this.#keys = new Map();
    return { keys, isDropped: this.#isDropped, isBucketChanged: this.#isBucketChanged };
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#terms.end();
    this.#goOn();
  }

  async complete(to: NodeName, planId: string): Promise<void> {
    if (!this.#isHeld || this.#isOver) throw new Error("what is given away is held");
    await this.#terms.giveAway(to, planId);
    this.#isOver = true;
    this.#goOn();
  }

  /** Has a request wait; `ask` is called when it goes on, behind those that came before it. */
  wait<Outcome>(ask: () => Served<Outcome>): Later<Outcome> {
    const later = new Later<Outcome>();
    this.#waiting.push(() => settleBy(later, ask));
    return later;
  }

  #goOn(): void {
    for (const goOn of this.#waiting.splice(0)) goOn();
  }
}

/** Has `later` become what `ask` comes to. */
function settleBy<Outcome>(later: Later<Outcome>, ask: () => Served<Outcome>): void {
  let served: Served<Outcome>;
  try {
    served = ask();
  } catch (error) {
    later.fail(error);
    return;
  }
  if (served instanceof Later) {
    served.whenSettled({
      answered: (answer) => later.answer(answer),
      failed: (error) => later.fail(error),
    });
  } else if (served instanceof Promise) {
    void served.then(
      (answer) => later.answer(answer),
      (error: unknown) => later.fail(error),
    );
  } else later.answer(served);
}
