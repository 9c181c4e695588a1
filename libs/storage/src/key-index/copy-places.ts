import type { Entries } from "./entries.ts";
import type { EntryRef } from "./entry.ts";
import type { ExpiryHeap } from "./expiry-heap.ts";

/**
 * Where the owner of an index has a copy of each key's value in memory. It is kept in the word of the entry
 * that an entry in the heap has its place in: those have it there, so no key pays for the other's word.
 */
export class CopyPlaces {
  readonly #entries: Entries;
  readonly #expiry: ExpiryHeap;

  constructor(entries: Entries, expiry: ExpiryHeap) {
    this.#entries = entries;
    this.#expiry = expiry;
  }

  /** A number of the owner's, 0 of every new key. It is in no snapshot. */
  of(entry: EntryRef): number {
    const heapPlace = this.#entries.heapPlace(entry);
    return heapPlace === -1 ? this.#entries.copyPlace(entry) : this.#expiry.markAt(heapPlace);
  }

  /** Sets {@link of}, below 2^31. */
  set(entry: EntryRef, place: number): void {
    const heapPlace = this.#entries.heapPlace(entry);
    if (heapPlace === -1) this.#entries.setCopyPlace(entry, place);
    else this.#expiry.setMarkAt(heapPlace, place);
  }
}
