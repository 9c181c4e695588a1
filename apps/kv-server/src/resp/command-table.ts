import type { CommandRow } from "./command-row.ts";

interface Entry {
  readonly row: CommandRow;
  readonly name: Uint8Array;
}

/** Turns a lower-case letter into its upper-case form, and tells all letters and digits apart. */
const caseMask = 0xdf;

/**
 * All commands by name, in any mixture of cases. Found by bytes: making a text of the name of every command would cost
 * as much as reading it.
 */
export class CommandTable {
  /** In alphabetical order. */
  readonly rows: readonly CommandRow[];
  /** A power of two, at least four times as many as there are rows: hardly two names share a place. */
  readonly #places: (Entry | undefined)[];
  readonly #mask: number;

  constructor(rows: Iterable<CommandRow>) {
    this.rows = [...rows].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const size = 2 ** Math.ceil(Math.log2(this.rows.length * 4));
    this.#mask = size - 1;
    this.#places = Array.from({ length: size }, () => undefined);
    for (const row of this.rows) this.#add({ row, name: Buffer.from(row.name) });
  }

  /** The command whose name stands in `bytes` from `start` to `end`. */
  find(bytes: Uint8Array, start: number, end: number): CommandRow | undefined {
    let place = hashOf(bytes, start, end) & this.#mask;
    for (;;) {
      const entry = this.#places[place];
      if (entry === undefined) return undefined;
      if (entry.name.length === end - start && isAt(entry.name, bytes, start)) return entry.row;
      place = (place + 1) & this.#mask;
    }
  }

  #add(entry: Entry): void {
    const { name, row } = entry;
    if (this.find(name, 0, name.length) !== undefined) throw new Error(`two commands ${row.name}`);
    let place = hashOf(name, 0, name.length) & this.#mask;
    while (this.#places[place] !== undefined) place = (place + 1) & this.#mask;
    this.#places[place] = entry;
  }
}

/** A few bytes tell names apart well enough; a name may be a megabyte of nonsense. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const hashedEnd = Math.min(end, start + 12);
  let hash = end - start;
  for (let at = start; at < hashedEnd; at++) hash = (hash * 31 + (bytes[at]! & caseMask)) | 0;
  return hash;
}

/** Whether `name`, which is in upper case, stands in `bytes` from `start`, in any case. */
function isAt(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  const { length } = name;
  for (let index = 0; index < length; index++) {
    const byte = bytes[start + index]!;
    const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
    if (upper !== name[index]) return false;
  }
  return true;
}
