import assert from "node:assert/strict";
import type { LineClient } from "./line-client.ts";

/** What is known of one key. */
interface Known {
  acknowledged: number;
  sent: number;
}

/**
 * A client of the line protocol that writes ever larger numbers to keys of its own while nodes come and go. A write that fails may have
 * been carried out or not; one that was acknowledged has been, and nothing older may ever be there again.
 */
export class UnsureWriter {
  readonly #client: LineClient;
  readonly #name: string;
  readonly #buckets: readonly string[];
  readonly #known = new Map<string, Known>();
  #isWanted = true;
  #done: Promise<void> | undefined;
  #acknowledged = 0;
  #failed = 0;

  constructor(client: LineClient, { name, buckets }: { name: string; buckets: readonly string[] }) {
    this.#client = client;
    this.#name = name;
    this.#buckets = buckets;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Writes until {@link UnsureWriter.stop}. */
  start(): this {
    this.#done = this.#run();
    this.#done.catch(() => undefined);
    return this;
  }

  /** Writes no more; rejects with what was wrong. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#done;
  }

  /** Every key has the last number that was acknowledged, or one that was sent after it. */
  async audit(client: LineClient): Promise<void> {
    for (const [place, { acknowledged, sent }] of this.#known) {
      const [value = ""] = await client.ask(`GET ${place}`, 2);
      const found = value === "" ? 0 : Number(value);
      assert.ok(
        found >= acknowledged && found <= sent,
        `${place} is ${found}; ${acknowledged} was acknowledged, ${sent} sent`,
      );
    }
  }

  async #run(): Promise<void> {
    let round = 0;
    while (this.#isWanted) {
      round++;
      const value = round;
      const places = this.#buckets.map((bucket) => `${bucket} ${this.#name}${value % 7}`);
      this.#client.sendLines(...places.map((place) => `PUT ${place} ${value}`));
      for (const place of places) this.#knownOf(place).sent = value;
      for (const place of places) {
        const reply = await this.#client.read();
        if (reply === "OK") {
          this.#knownOf(place).acknowledged = value;
          this.#acknowledged++;
        } else {
          assert.match(reply, /^ERROR /u, place);
          this.#failed++;
        }
      }
    }
  }

  #knownOf(place: string): Known {
    const known = this.#known.get(place) ?? { acknowledged: 0, sent: 0 };
    this.#known.set(place, known);
    return known;
  }
}
