import type { CellCondition, CellRead, CellWrite, WriterDoor } from "./writer-door.ts";
import type { Cell, CountedCell, OverwrittenCell, WriterLedger } from "./writer-ledger.ts";

/** How many buckets a crew writes to. */
export const CREW_BUCKETS = 12;

/** The key that is counted up, in each bucket. */
export const COUNTER = "counter";

/** Of how many overwritten keys one is read. */
const READ_EVERY = 7;

type Changing<Entry> = { -readonly [Name in keyof Entry]: Entry[Name] };

/** Which writers. */
export interface CrewOptions {
  readonly door: WriterDoor;
  /** Of this crew alone: its keys have it in their names. */
  readonly name: string;
  /** Crews with the same buckets count up the same numbers. */
  readonly buckets: string;
}

/**
 * Writers through one door, of three kinds in each bucket: one inserts keys that are not there, one overwrites a key of its own, and one counts up
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
    const { door, name, buckets } = this.#options;
    for (let index = 0; index < CREW_BUCKETS; index += 1) {
      const bucket = `${buckets}-${index}`;
      await door.create(bucket);
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
      const cell = { bucket, key: `insert-${this.#options.name}-${count}` };
      const end = await this.#write(cell, cell.key, { type: "absent" });
      if (end === "stored") this.#inserted.push(cell);
    }
  }

  async #overwrite(own: Changing<OverwrittenCell>): Promise<void> {
    let lastMs = performance.now();
    while (!this.#isStopped) {
      own.tried += 1;
      const isDone = (await this.#write(own, String(own.tried))) === "stored";
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
    const found = await this.#read(own);
    if (found.type === "refused") return;
    const value = numberIn(found);
    const acknowledged = isDone ? own.tried : own.done;
    if (value >= acknowledged) return;
    own.reverted += 1;
    own.done = value;
  }

  async #count(counter: Changing<CountedCell>): Promise<void> {
    while (!this.#isStopped) {
      const found = await this.#read(counter);
      if (found.type === "refused") continue;
      const condition: CellCondition =
        found.type === "found"
          ? { type: "revision", revision: found.revision }
          : { type: "absent" };
      const end = await this.#write(counter, String(numberIn(found) + 1), condition);
      if (end === "stored") counter.done += 1;
      if (end === "unknown") counter.unknown += 1;
    }
  }

  async #read(cell: Cell): Promise<CellRead> {
    const found = await this.#options.door.read(cell);
    if (found.type === "refused") this.#refuse("refused");
    return found;
  }

  /** Whoever finds no bucket makes one: should it be there after all, that is found in the end. */
  async #write(cell: Cell, value: string, condition?: CellCondition): Promise<CellWrite> {
    const end = await this.#options.door.write(cell, value, condition);
    if (end === "refused" || end === "unknown") this.#refuse(end);
    return end;
  }

  #refuse(how: "refused" | "unknown"): void {
    this.#refused.set(how, (this.#refused.get(how) ?? 0) + 1);
  }
}

/** The number in a cell; 0 when there is none. */
export function numberIn(found: CellRead): number {
  return found.type === "found" ? Number(found.value) : 0;
}
