import assert from "node:assert/strict";
import type { Cursor } from "../../page.ts";
import { show } from "./act.ts";
import type { Life } from "./life.ts";
import { bucketIn, hex, isBucketThere, keysIn, type StoreState } from "./store-state.ts";

/** A listing that is followed page by page while the store changes. */
export class Listing {
  readonly #bucket: Uint8Array | undefined;
  readonly #limit: number;
  readonly #seen: string[] = [];
  #cursor: Cursor | undefined;
  #from: number | undefined;

  /** Of the keys of `bucket`, or of the buckets when it is `undefined`. */
  constructor(bucket: Uint8Array | undefined, limit: number) {
    this.#bucket = bucket;
    this.#limit = limit;
  }

  /** What is listed, for the list of steps. */
  get name(): string {
    const what = this.#bucket === undefined ? "the buckets" : `b${this.#bucket[1]}`;
    return `${what} in pages of ${this.#limit}`;
  }

  /** Reads one page and judges it; returns whether there are more. */
  readPage(life: Life): boolean {
    const { timeline } = life.history;
    const options = { cursor: this.#cursor, limit: this.#limit };
    const bucket = this.#bucket;
    const answer =
      bucket === undefined
        ? life.store.listBuckets(options)
        : life.store.listKeys(Uint8Array.from(bucket), options);
    assert.ok("outcome" in answer, "a log store lists at once");
    const { outcome } = answer;
    const { state, latestMs: nowMs } = timeline;
    this.#from ??= timeline.latest;
    if (outcome.type === "no-bucket") {
      assert.equal(bucket && bucketIn(state, bucket, nowMs), undefined, "the bucket is there");
      return false;
    }
    const there = this.#list(state, nowMs);
    assert.ok(there !== undefined, "the bucket is not there");
    const { entries, next } = outcome.page;
    assert.ok(entries.length <= this.#limit + 2, "a page is much longer than asked");
    for (const entry of entries) {
      const name = hex("key" in entry ? entry.key : entry.bucket);
      const { key: _key, bucket: _bucket, ...about } = { key: 0, bucket: 0, ...entry };
      assert.deepEqual(about, there.get(name), `${name} as it is listed`);
      this.#seen.push(name);
    }
    const moment =
      bucket === undefined
        ? timeline.latest
        : timeline.since((earlier) => bucketIn(earlier, bucket, nowMs)?.revision);
    show(life, moment, answer);
    this.#cursor = next;
    if (next === undefined) this.#judge(life);
    return next !== undefined;
  }

  /** What stayed throughout was listed, and once. */
  #judge({ history: { timeline } }: Life): void {
    const { latestMs: nowMs } = timeline;
    let stayed: readonly string[] | undefined;
    for (let moment = this.#from ?? 0; moment <= timeline.latest; moment++) {
      const there = this.#list(timeline.stateAt(moment), nowMs);
      stayed = [...(stayed ?? there?.keys() ?? [])].filter((name) => there?.has(name) === true);
    }
    for (const name of stayed ?? []) {
      const times = this.#seen.filter((other) => other === name).length;
      assert.equal(times, 1, `${name} stayed and was listed ${times} times`);
    }
  }

  #list(state: StoreState, nowMs: number): ReadonlyMap<string, object> | undefined {
    const bucket = this.#bucket && bucketIn(state, this.#bucket, nowMs);
    if (this.#bucket !== undefined && bucket === undefined) return undefined;
    if (bucket !== undefined) {
      const keys = keysIn(bucket, nowMs);
      return new Map(
        keys.map(([name, { revision, expiresAtMs }]) => [name, { revision, expiresAtMs }]),
      );
    }
    const buckets = [...state].filter(([, each]) => isBucketThere(each, nowMs));
    return new Map(
      buckets.map(([name, { revision, expiresAtMs, lifetime }]) => {
        return [name, { revision, expiresAtMs, lifetime }];
      }),
    );
  }
}
