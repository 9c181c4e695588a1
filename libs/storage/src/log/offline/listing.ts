import type { Listed } from "./salvage-report.ts";

/** Beyond so many, items are only counted. */
const LIST_LIMIT = 1000;

/** Collects what a report lists: the first thousand, and how many there are. */
export class Listing<Item> {
  readonly #list: Item[];
  #count: number;

  /** Begins with what another one has. */
  constructor({ list, count }: Listed<Item> = { list: [], count: 0 }) {
    this.#list = list.slice(0, LIST_LIMIT);
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  add(item: Item): void {
    this.#count += 1;
    if (this.#list.length < LIST_LIMIT) this.#list.push(item);
  }

  /** As plain data. */
  listed(): Listed<Item> {
    return { count: this.#count, list: this.#list };
  }
}
