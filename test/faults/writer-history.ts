/**
 * What one writer sent and what it was told: enough to judge what a crash left.
 *
 * A connection's requests are carried out in order, so a crash may only leave the state after the first n of them, for
 * some n that is not below the last one acknowledged, nor below one whose effect anybody was shown. The checker looks for
 * such an n; when there is none it says for each cell what is wrong with it.
 */
import { applyTo, type Cells, type Operation, replyTo } from "./operation.ts";

/** One way in which the store broke its promise. */
export interface Violation {
  /**
   * *lost*: a promised write is not there; *reverted*: an older value is; *invented*: something nobody sent is;
   * *disordered*: each cell could be right, but not all at once; *wrong-reply*: the reply contradicts the state;
   * *damaged*: bytes are not what was written.
   */
  readonly type: "lost" | "reverted" | "invented" | "disordered" | "wrong-reply" | "damaged";
  readonly cell: string;
  readonly message: string;
}

/** The requests of one writer, over all its connections; a connection's end makes a new beginning from what is found. */
export class WriterHistory {
  /** The state after every acknowledged request. */
  readonly #settled: Cells;
  readonly #values = new Set<string>();
  #pending: Operation[] = [];
  #shown = 0;
  /** Those that {@link copiedNow} has made since the last crash. */
  #copies: WriterHistory[] = [];

  /** @param cells What holds before the first request. */
  constructor(cells: Iterable<readonly [string, string]> = []) {
    this.#settled = new Map(cells);
  }

  /** How many requests were sent and not answered. */
  get inFlight(): number {
    return this.#pending.length;
  }

  /** Every cell that holds something after all acknowledged requests. */
  get cells(): ReadonlyMap<string, string> {
    return this.#settled;
  }

  /**
   * The history as it has to be judged by somebody who saw the store at some moment from now on, to the next crash: what
   * is acknowledged or shown by now is promised, whatever is sent later may be there or not. It is told of that by itself.
   */
  copiedNow(): WriterHistory {
    const copy = new WriterHistory(this.#settled);
    for (const value of this.#values) copy.#values.add(value);
    copy.#pending = [...this.#pending];
    copy.#shown = this.#shown;
    this.#copies.push(copy);
    return copy;
  }

  submit(operation: Operation): void {
    for (const copy of this.#copies) copy.submit(operation);
    this.#pending.push(operation);
    if (operation.type === "put") this.#values.add(operation.value);
  }

  /** The reply to the oldest request in flight. */
  acknowledge(reply: string): Violation | undefined {
    const operation = this.#pending.shift();
    if (operation === undefined) {
      return { type: "wrong-reply", cell: "", message: `a reply to no request: ${reply}` };
    }
    this.#shown = Math.max(0, this.#shown - 1);
    const expected = replyTo(operation, this.#settled);
    const cell = applyTo(operation, this.#settled);
    if (reply === expected) return undefined;
    return {
      type: "wrong-reply",
      cell,
      message: `${cell}: ${operation.type} was answered ${reply}, expected ${expected}`,
    };
  }

  /**
   * Somebody was shown `value` in `cell`: the write that put it there may not be taken back, nor any before it.
   */
  show(cell: string, value: string): Violation | undefined {
    const at = this.#pending.findLastIndex(
      (operation) => operation.type === "put" && operation.value === value,
    );
    this.#shown = Math.max(this.#shown, at + 1);
    if (this.#values.has(value)) return undefined;
    return { type: "invented", cell, message: `${cell}: a reader was shown ${brief(value)}` };
  }

  /**
   * Judges what was found after a crash: for each cell looked at its value, or `undefined` for nothing there. Cells
   * touched by requests in flight must be among them. When all is well the found state becomes the new beginning.
   */
  judge(found: ReadonlyMap<string, string | undefined>): readonly Violation[] {
    const state: Cells = new Map(this.#settled);
    const promised = this.#pending.slice(0, this.#shown);
    for (const operation of promised) applyTo(operation, state);
    const floor: Cells = new Map(state);
    const wrong = new Set([...found.keys()].filter((cell) => state.get(cell) !== found.get(cell)));
    const possible = new Map([...found.keys()].map((cell) => [cell, new Set([state.get(cell)])]));
    let best = wrong.size === 0 ? new Map(state) : undefined;
    for (const operation of this.#pending.slice(this.#shown)) {
      const cell = applyTo(operation, state);
      if (state.get(cell) === found.get(cell)) wrong.delete(cell);
      else wrong.add(cell);
      possible.get(cell)?.add(state.get(cell));
      if (wrong.size === 0) best = new Map(state);
    }
    if (best === undefined) return this.#explain(found, possible, floor);
    this.#restartFrom(best);
    return [];
  }

  #restartFrom(cells: Cells): void {
    this.#settled.clear();
    for (const [cell, value] of cells) this.#settled.set(cell, value);
    this.#pending = [];
    this.#shown = 0;
    this.#copies = [];
  }

  #explain(
    found: ReadonlyMap<string, string | undefined>,
    possible: ReadonlyMap<string, ReadonlySet<string | undefined>>,
    floor: Cells,
  ): readonly Violation[] {
    const violations = [...found].flatMap(([cell, value]): readonly Violation[] => {
      if (possible.get(cell)?.has(value) === true) return [];
      const type = value === undefined ? "lost" : this.#wasSent(value) ? "reverted" : "invented";
      const message = `${cell}: ${type}: found ${brief(value)}, promised ${brief(floor.get(cell))}`;
      return [{ type, cell, message }];
    });
    if (violations.length > 0) return violations;
    const message = `no prefix of the ${this.#pending.length} requests in flight explains ${[
      ...found,
    ]
      .filter(([cell, value]) => floor.get(cell) !== value)
      .map(([cell, value]) => `${cell} = ${brief(value)}`)
      .join(", ")}`;
    return [{ type: "disordered", cell: "", message }];
  }

  #wasSent(value: string): boolean {
    return value === "exists" || this.#values.has(value);
  }
}

function brief(value: string | undefined): string {
  if (value === undefined) return "nothing";
  return value.length <= 40 ? `"${value}"` : `"${value.slice(0, 40)}…" (${value.length} bytes)`;
}
