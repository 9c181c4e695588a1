import type { Field, GetOutcome, PutOutcome, Store } from "@kv/storage";
import { isStorageError } from "@kv/storage";
import type { Cell, CountedCell, OverwrittenCell, WriterLedger } from "./writer-ledger.ts";

/** How many buckets a crew writes to. */
export const CREW_BUCKETS = 12;

/** The key that is counted up, in each bucket. */
export const COUNTER = "counter";

/** Of how many overwritten keys one is read. */
const READ_EVERY = 7;

/** How what was tried ended. */
type End = "done" | "not-done" | "unknown";

type Changing<Entry> = { -readonly [Name in keyof Entry]: Entry[Name] };

/** Which writers. */
export interface CrewOptions {
  readonly store: Store;
  /** Of this crew alone: its keys have it in their names. */
  readonly name: string;
  /** Crews with the same buckets count up the same numbers. */
  readonly buckets: string;
}

/**
 * Writers through one store, of three kinds in each bucket: one inserts keys that are not there, one overwrites a key of its own, and one counts up
 * a number, which other crews count up too, by conditional writes.
 */
export class WriterCrew {
  readonly #options: CrewOptions;
  readonly #inserted: Cell[] = [];
  readonly #overwritten: Changing<OverwrittenCell>[] = [];
  readonly #counted: Changing<CountedCell>[] = [];
  readonly #refused = new Map<string, number>();
  readonly #running: Promise<void>[] = [];
  #isStopped = false;
  #pauseMs = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Makes the buckets, and has everybody begin. */
  async start(): Promise<void> {
    const { store, name, buckets } = this.#options;
    for (let index = 0; index < CREW_BUCKETS; index += 1) {
      const bucket = `${buckets}-${index}`;
      await store.createBucket(Buffer.from(bucket));
      const own = { bucket, key: `own-${name}`, done: 0, tried: 0, reverted: 0 };
      const counter = { bucket, key: COUNTER, done: 0, unknown: 0 };
      this.#overwritten.push(own);
      this.#counted.push(counter);
      this.#running.push(this.#insert(bucket), this.#overwrite(own), this.#count(counter));
    }
  }

  /** How many writes were acknowledged so far, of each kind and bucket that `isIt`: grows for as long as all of them go on. */
  progress(isIt: (bucket: string) => boolean = () => true): readonly number[] {
    const cells = [...this.#overwritten, ...this.#counted];
    return cells.filter(({ bucket }) => isIt(bucket)).map(({ done }) => done);
  }

  /** Stops them; resolves when all is answered. */
  async stop(): Promise<WriterLedger> {
    this.#isStopped = true;
    await Promise.all(this.#running);
    return {
      inserted: this.#inserted,
      overwritten: this.#overwritten,
      counted: this.#counted,
      refused: Object.fromEntries(this.#refused),
      pauseMs: this.#pauseMs,
    };
  }

  async #insert(bucket: string): Promise<void> {
    for (let count = 0; !this.#isStopped; count += 1) {
      const key = `insert-${this.#options.name}-${count}`;
      const condition = { type: "absent" } as const;
      const bytes = Buffer.from(key);
      const end = await this.#put(bucket, { key: bytes, value: bytes, condition });
      if (end === "done") this.#inserted.push({ bucket, key });
    }
  }

  async #overwrite(own: Changing<OverwrittenCell>): Promise<void> {
    let lastMs = performance.now();
    while (!this.#isStopped) {
      own.tried += 1;
      const field = { key: Buffer.from(own.key), value: Buffer.from(String(own.tried)) };
      const isDone = (await this.#put(own.bucket, field)) === "done";
      // Whatever goes wrong shows best right after a failure: a little later there is a newer number again.
      if (!isDone || own.tried % READ_EVERY === 0) await this.#look(own, isDone);
      if (!isDone) continue;
      own.done = own.tried;
      this.#pauseMs = Math.max(this.#pauseMs, performance.now() - lastMs);
      lastMs = performance.now();
    }
  }

  /** Reads a key of its own back: it is never older than what was acknowledged. */
  async #look(own: Changing<OverwrittenCell>, isDone: boolean): Promise<void> {
    const found = await this.#try(async () => await readCell(this.#options.store, own));
    if (typeof found === "string") return;
    const value = numberIn(found);
    const acknowledged = isDone ? own.tried : own.done;
    if (value >= acknowledged) return;
    own.reverted += 1;
    own.done = value;
  }

  async #count(counter: Changing<CountedCell>): Promise<void> {
    const { store } = this.#options;
    const key = Buffer.from(counter.key);
    while (!this.#isStopped) {
      const found = await this.#try(async () => await readCell(store, counter));
      if (typeof found === "string") continue;
      const condition =
        found.type === "found"
          ? ({ type: "revision", revision: found.revision } as const)
          : ({ type: "absent" } as const);
      const value = Buffer.from(String(numberIn(found) + 1));
      const end = await this.#put(counter.bucket, { key, value, condition });
      if (end === "done") counter.done += 1;
      if (end === "unknown") counter.unknown += 1;
    }
  }

  async #put(bucket: string, field: Field): Promise<End> {
    const { store } = this.#options;
    const outcome = await this.#try(
      // Whoever finds no bucket makes one: should it be there after all, that is found in the end.
      async () => (await store.put(Buffer.from(bucket), [field], { createsBucket: true })).outcome,
    );
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

/** What is in a cell. */
export async function readCell(store: Store, { bucket, key }: Cell): Promise<GetOutcome> {
  return (await store.get(Buffer.from(bucket), Buffer.from(key))).outcome;
}

/** The number in a cell; 0 when there is none. */
export function numberIn(outcome: GetOutcome): number {
  return outcome.type === "found" ? Number(Buffer.from(outcome.value).toString()) : 0;
}
