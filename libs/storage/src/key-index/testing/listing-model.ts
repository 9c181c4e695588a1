import assert from "node:assert/strict";
import type { KeyHash } from "../half-sip-hash.ts";

type Visit = (key: string, counts: boolean) => boolean;

/** A listing under way, and what it has to show: what was there when it began and never went, once. */
export class ListingModel {
  readonly bucketId: number;
  readonly #staying: Set<string>;
  readonly #shown = new Set<string>();
  readonly #hash: KeyHash | undefined;
  #position = 0;

  constructor(bucketId: number, keys: Iterable<string>, hash: KeyHash | undefined) {
    this.bucketId = bucketId;
    this.#staying = new Set(keys);
    this.#hash = hash;
  }

  /** The key has gone, even if it should come back. */
  forget(key: string): void {
    this.#staying.delete(key);
  }

  /** Lists a page by `list` and checks it; whether it was the last one. */
  listPage(limit: number, list: (position: number, visit: Visit) => number | undefined): boolean {
    const page: (readonly [key: string, counts: boolean])[] = [];
    const next = list(this.#position, (key, counts) => {
      assert.ok(!this.#shown.has(key), `${key} is shown twice`);
      this.#shown.add(key);
      page.push([key, counts]);
      return counts;
    });
    this.#checkEnd(page, limit, next !== undefined);
    if (next === undefined) {
      for (const key of this.#staying) assert.ok(this.#shown.has(key), `${key} is missed`);
      return true;
    }
    assert.ok(next > this.#position && next < 2 ** 32);
    this.#position = next;
    return false;
  }

  /** Only keys of the last one's hash may be on the page when those before have reached the limit. */
  #checkEnd(
    page: readonly (readonly [key: string, counts: boolean])[],
    limit: number,
    isMore: boolean,
  ): void {
    const counted = page.filter(([, counts]) => counts);
    if (isMore) assert.ok(counted.length >= limit);
    const last = page.at(-1)?.[0];
    if (last === undefined) return;
    const earlier = counted.filter(([key]) => this.#hashOf(key) !== this.#hashOf(last));
    assert.ok(earlier.length < limit);
  }

  #hashOf(key: string): number | string {
    // Keys of the keyed hash are taken to have different ones: there are too few to collide.
    if (this.#hash === undefined) return key;
    const bytes = Buffer.from(key, "latin1");
    return this.#hash(bytes, 0, bytes.length, 0) | 0;
  }
}
