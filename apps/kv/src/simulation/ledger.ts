import type { NodeName } from "@kv/cluster";

/** A change that a node's own store has made. */
export type Change =
  | { readonly type: "created" | "dropped"; readonly bucket: string }
  | { readonly type: "put"; readonly bucket: string; readonly key: string; readonly value: string }
  | { readonly type: "deleted"; readonly bucket: string; readonly keys: readonly string[] };

/** What a cell of the ledger was from some moment on. */
export interface Entry {
  /** The value of a key, {@link THERE} for a bucket; `undefined` when it is not there. */
  readonly state: string | undefined;
  /** The request that has made it so, where that can be told. */
  readonly by: number | undefined;
  readonly node: NodeName;
  readonly atMs: number;
  /** Its place among the entries of all cells. */
  readonly order: number;
}

/** The state of a bucket that is there. */
export const THERE = "there";

/** A delete names one key more, which is never there and says whose it is. */
const MARK = "#";

/** The key that a delete names beside the one that it is for. */
export function markOf(request: number): string {
  return `${MARK}${request}`;
}

/** The cell of a bucket, or of a key in it. */
export function cellOf(bucket: string, key?: string): string {
  return key === undefined ? bucket : `${bucket}/${key}`;
}

/**
 * All that the stores of all nodes have applied, in the order in which they did: for each bucket and each key one cell with what it
 * was, one after the other. It is written as the stores are changed, and knows what no client was told.
 */
export class Ledger {
  readonly #cells = new Map<string, Entry[]>();
  readonly #byRequest = new Map<number, Entry[]>();
  readonly #now: () => number;
  #order = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What a cell was, from its first change on. */
  entries(cell: string): readonly Entry[] {
    return this.#cells.get(cell) ?? [];
  }

  /** What a put or a delete has done. */
  doneBy(request: number): readonly Entry[] {
    return this.#byRequest.get(request) ?? [];
  }

  /** The store of `node` has applied `change`. */
  write(node: NodeName, change: Change): void {
    const { bucket } = change;
    switch (change.type) {
      case "created":
        return this.#add(cellOf(bucket), { node, state: THERE, by: undefined });
      case "put": {
        const by = Number(change.value);
        return this.#add(cellOf(bucket, change.key), { node, state: change.value, by });
      }
      case "deleted": {
        const mark = change.keys.find((key) => key.startsWith(MARK));
        const by = mark === undefined ? undefined : Number(mark.slice(MARK.length));
        for (const key of change.keys.filter((each) => each !== mark)) {
          this.#add(cellOf(bucket, key), { node, state: undefined, by });
        }
        return undefined;
      }
      case "dropped":
        for (const cell of this.#cells.keys()) {
          if (cell !== bucket && !cell.startsWith(`${bucket}/`)) continue;
          this.#add(cell, { node, state: undefined, by: undefined });
        }
    }
    return undefined;
  }

  #add(cell: string, { node, state, by }: Pick<Entry, "by" | "node" | "state">): void {
    const entry = { state, by, node, atMs: this.#now(), order: this.#order++ };
    const entries = this.#cells.get(cell);
    if (entries === undefined) this.#cells.set(cell, [entry]);
    else entries.push(entry);
    if (by === undefined) return;
    this.#byRequest.set(by, [...this.doneBy(by), entry]);
  }
}
