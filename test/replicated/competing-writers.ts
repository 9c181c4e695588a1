import type { Field, GetOutcome, PutOutcome, Store } from "@kv/storage";
import { isStorageError } from "@kv/storage";

/** What is there in the end, against what was acknowledged. */
export interface CompetitionAudit {
  readonly inserted: number;
  readonly overwritten: number;
  readonly counted: number;
  /** Without an acknowledgement: by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** The longest time in which somebody who overwrites was acknowledged nothing. */
  readonly pauseMs: number;
  /** Everything that does not agree with what was acknowledged, one sentence each. */
  readonly flaws: readonly string[];
}

const BUCKETS = 12;

/** How what was tried ended. */
type End = "done" | "not-done" | "unknown";

/**
 * Writers through two stores that share buckets, of three kinds in each bucket: some insert keys that are not there, some overwrite a key of
 * their own, and through both stores they count up one key by conditional writes.
 */
export class CompetingWriters {
  readonly #stores: readonly Store[];
  readonly #inserted: { readonly bucket: Uint8Array; readonly key: Uint8Array }[] = [];
  readonly #overwritten: { bucket: Uint8Array; key: Uint8Array; done: number; tried: number }[] =
    [];
  readonly #counters: { bucket: Uint8Array; done: number; unknown: number }[] = [];
  readonly #refused = new Map<string, number>();
  readonly #running: Promise<void>[] = [];
  #isStopped = false;
  #pauseMs = 0;

  constructor(stores: readonly Store[]) {
    this.#stores = stores;
  }

  /** Makes the buckets, and has everybody begin. */
  async start(): Promise<void> {
    for (let index = 0; index < BUCKETS; index += 1) {
      const bucket = Buffer.from(`bucket-${index}`);
      const counter = { bucket, done: 0, unknown: 0 };
      this.#counters.push(counter);
      await this.#stores[0]?.createBucket(bucket);
      for (const [place, store] of this.#stores.entries()) {
        const overwrite = { bucket, key: Buffer.from(`own-${place}`), done: 0, tried: 0 };
        this.#overwritten.push(overwrite);
        this.#running.push(
          this.#insert(store, bucket, place),
          this.#overwrite(store, overwrite),
          this.#count(store, counter),
        );
      }
    }
  }

  /** How many writes were acknowledged so far, of each kind and bucket: grows for as long as all of them go on. */
  progress(): readonly number[] {
    return [...this.#overwritten, ...this.#counters].map(({ done }) => done);
  }

  /** Stops them, and compares. */
  async audit(): Promise<CompetitionAudit> {
    this.#isStopped = true;
    await Promise.all(this.#running);
    const [store] = this.#stores;
    if (store === undefined) throw new Error("there is no store");
    const flaws: string[] = [];
    for (const { bucket, key } of this.#inserted) {
      const found = await get(store, bucket, key);
      if (found.type !== "found") flaws.push(`${nameOf(bucket, key)} was inserted: ${found.type}`);
    }
    for (const { bucket, key, done, tried } of this.#overwritten) {
      const value = numberIn(await get(store, bucket, key));
      if (value < done || value > tried) {
        flaws.push(`${nameOf(bucket, key)} is ${value}, acknowledged ${done}, tried ${tried}`);
      }
    }
    for (const { bucket, done, unknown } of this.#counters) {
      const value = numberIn(await get(store, bucket, COUNTER));
      if (value < done || value > done + unknown) {
        flaws.push(
          `${nameOf(bucket, COUNTER)} counts ${value}, acknowledged ${done}, unknown ${unknown}`,
        );
      }
    }
    return {
      inserted: this.#inserted.length,
      overwritten: this.#overwritten.reduce((sum, { done }) => sum + done, 0),
      counted: this.#counters.reduce((sum, { done }) => sum + done, 0),
      refused: this.#refused,
      pauseMs: Math.round(this.#pauseMs),
      flaws,
    };
  }

  async #insert(store: Store, bucket: Uint8Array, place: number): Promise<void> {
    for (let count = 0; !this.#isStopped; count += 1) {
      const key = Buffer.from(`insert-${place}-${count}`);
      const condition = { type: "absent" } as const;
      const end = await this.#put(store, bucket, { key, value: key, condition });
      if (end === "done") this.#inserted.push({ bucket, key });
    }
  }

  async #overwrite(
    store: Store,
    own: { bucket: Uint8Array; key: Uint8Array; done: number; tried: number },
  ): Promise<void> {
    let lastMs = performance.now();
    while (!this.#isStopped) {
      own.tried += 1;
      const value = Buffer.from(String(own.tried));
      const end = await this.#put(store, own.bucket, { key: own.key, value });
      if (end !== "done") continue;
      own.done = own.tried;
      this.#pauseMs = Math.max(this.#pauseMs, performance.now() - lastMs);
      lastMs = performance.now();
    }
  }

  async #count(
    store: Store,
    counter: { bucket: Uint8Array; done: number; unknown: number },
  ): Promise<void> {
    const { bucket } = counter;
    while (!this.#isStopped) {
      const found = await this.#try(async () => await get(store, bucket, COUNTER));
      if (typeof found === "string") continue;
      const condition =
        found.type === "found"
          ? ({ type: "revision", revision: found.revision } as const)
          : ({ type: "absent" } as const);
      const value = Buffer.from(String(numberIn(found) + 1));
      const end = await this.#put(store, bucket, { key: COUNTER, value, condition });
      if (end === "done") counter.done += 1;
      if (end === "unknown") counter.unknown += 1;
    }
  }

  async #put(store: Store, bucket: Uint8Array, field: Field): Promise<End> {
    const outcome = await this.#try(async () => (await store.put(bucket, [field])).outcome);
    if (typeof outcome === "string") return outcome;
    return (outcome satisfies PutOutcome).type === "stored" ? "done" : "not-done";
  }

  async #try<Outcome>(act: () => Promise<Outcome>): Promise<Outcome | "not-done" | "unknown"> {
    try {
      return await act();
    } catch (error) {
      const isUnknown = isStorageError(error, "STORAGE_UNANSWERED");
      if (!isUnknown && !isStorageError(error, "STORAGE_UNAVAILABLE")) throw error;
      const { code } = error;
      this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
      return isUnknown ? "unknown" : "not-done";
    }
  }
}

const COUNTER = Buffer.from("counter");

async function get(store: Store, bucket: Uint8Array, key: Uint8Array): Promise<GetOutcome> {
  return (await store.get(bucket, key)).outcome;
}

function numberIn(outcome: GetOutcome): number {
  return outcome.type === "found" ? Number(Buffer.from(outcome.value).toString()) : 0;
}

function nameOf(bucket: Uint8Array, key: Uint8Array): string {
  return `${Buffer.from(key).toString()} of ${Buffer.from(bucket).toString()}`;
}

/** One line for a person. */
export function competitionText(audit: CompetitionAudit): string {
  const refused = [...audit.refused].map(([code, count]) => `${count} ${code}`).join(", ");
  return `${audit.inserted} inserted, ${audit.overwritten} overwritten, ${audit.counted} counted, ${refused || "none refused"}, paused ${audit.pauseMs} ms, ${audit.flaws.length} flaws`;
}
