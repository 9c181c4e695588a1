import type { BlockArena } from "./block-arena.ts";
import {
  BucketRows,
  ID,
  ID_LINK,
  LIVE_BYTES,
  NAME_LINK,
  REVISION,
  STANDING_REVISION,
} from "./bucket-rows.ts";
import type { ChainHeads } from "./chain-heads.ts";
import { listChains } from "./chain-listing.ts";
import { CHAIN_TABLE_BYTES, ChainTable } from "./chain-table.ts";
import { type BucketRef, NEVER } from "./entry.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import type { KeyHash } from "./half-sip-hash.ts";
import { Lifetimes } from "./lifetimes.ts";

/** Buckets have positive ids, so their keys never have it. */
const NO_SALT = 0;

/** The living buckets: by name, by id, and by the time they expire. */
export class Buckets {
  readonly rows: BucketRows;
  readonly lifetimes: Lifetimes;
  readonly #hash: KeyHash;
  /** A block that owns the two tables. */
  readonly #store: number;
  readonly #names: ChainTable;
  readonly #ids: ChainTable;
  readonly #expiry = new ExpiryHeap((bucket, place) => this.rows.setHeapPlace(bucket, place));
  /** The living bucket named last, 0 for none: most requests name it again. */
  #latest: BucketRef = 0;
  /** The array that named it by {@link namedBy}. */
  #latestName: Uint8Array | undefined;
  /** An array that names none. */
  #missingName: Uint8Array | undefined;
  readonly #idBytes = new Uint8Array(8);
  readonly #idView = new DataView(this.#idBytes.buffer);

  constructor(parts: {
    readonly arena: BlockArena;
    readonly heads: ChainHeads;
    readonly hash: KeyHash;
  }) {
    const { arena, heads } = parts;
    this.rows = new BucketRows(arena);
    this.lifetimes = new Lifetimes(this.rows);
    this.#hash = parts.hash;
    this.#store = arena.allocate(2 * CHAIN_TABLE_BYTES);
    this.#names = new ChainTable({ arena, heads, link: NAME_LINK, table: 0 });
    this.#ids = new ChainTable({ arena, heads, link: ID_LINK, table: CHAIN_TABLE_BYTES / 4 });
    this.#names.open(this.#store);
    this.#ids.open(this.#store);
  }

  get count(): number {
    return this.#names.count(this.#store);
  }

  get memoryBytes(): number {
    return this.#expiry.memoryBytes + this.#idBytes.byteLength;
  }

  get longestStepSlots(): number {
    return Math.max(this.#names.longestStepSlots, this.#ids.longestStepSlots);
  }

  get soonestMs(): number {
    return this.lifetimes.forsaken === 0 ? this.#expiry.soonestMs : Number.NEGATIVE_INFINITY;
  }

  /** The bucket whose time has been over for longest at `nowMs`, or else a forsaken one, 0 for none. */
  lapsed(nowMs: number): BucketRef {
    return this.#expiry.soonestMs <= nowMs ? this.#expiry.soonest : this.lifetimes.forsaken;
  }

  named(name: Uint8Array): BucketRef {
    if (this.#latest !== 0 && this.rows.hasName(this.#latest, name)) return this.#latest;
    const hash = this.#hash(name, 0, name.length, NO_SALT) | 0;
    let bucket = this.#names.first(this.#store, hash);
    while (bucket !== 0) {
      if (this.#names.hash(bucket) === hash && this.rows.hasName(bucket, name)) {
        this.#latest = bucket;
        this.#latestName = undefined;
        return bucket;
      }
      bucket = this.#names.next(bucket);
    }
    return 0;
  }

  /** {@link named}, for an array that nobody writes to: the one of the call before needs no look at what it holds. */
  namedBy(name: Uint8Array): BucketRef {
    if (name === this.#latestName && this.#latest !== 0) return this.#latest;
    if (name === this.#missingName) return 0;
    const bucket = this.named(name);
    if (bucket === 0) this.#missingName = name;
    else this.#latestName = name;
    return bucket;
  }

  withId(id: number): BucketRef {
    let bucket = this.#ids.first(this.#store, this.#hashOfId(id));
    while (bucket !== 0 && this.rows.number(bucket, ID) !== id) bucket = this.#ids.next(bucket);
    return bucket;
  }

  create(id: number, name: Uint8Array): BucketRef {
    const bucket = this.rows.create(name);
    this.#missingName = undefined;
    for (const column of [ID, REVISION, STANDING_REVISION]) this.rows.setNumber(bucket, column, id);
    this.#names.add(this.#store, bucket, this.#hash(name, 0, name.length, NO_SALT) | 0);
    this.#ids.add(this.#store, bucket, this.#hashOfId(id));
    return bucket;
  }

  /** Takes the bucket out of the tables and the heap; the block stays. */
  detach(bucket: BucketRef): void {
    if (bucket === this.#latest) this.#latest = 0;
    this.setExpiresAtMs(bucket, NEVER);
    this.lifetimes.forget(bucket);
    this.#names.remove(this.#store, bucket);
    this.#ids.remove(this.#store, bucket);
  }

  expiresAtMs(bucket: BucketRef): number {
    const place = this.rows.heapPlace(bucket);
    return place === -1 ? NEVER : this.#expiry.timeAt(place);
  }

  setExpiresAtMs(bucket: BucketRef, expiresAtMs: number): void {
    const place = this.rows.heapPlace(bucket);
    if (expiresAtMs !== NEVER) {
      if (place === -1) this.#expiry.add(bucket, expiresAtMs);
      else this.#expiry.changeAt(place, expiresAtMs);
    } else if (place !== -1) {
      this.#expiry.removeAt(place);
      this.rows.setHeapPlace(bucket, -1);
    }
  }

  /** Adds `bytes`, which may be negative, to what the bucket and its keys count for. */
  charge(bucket: BucketRef, bytes: number): void {
    this.rows.setNumber(bucket, LIVE_BYTES, this.rows.number(bucket, LIVE_BYTES) + bytes);
  }

  list(position: number, limit: number, visit: (bucket: BucketRef) => boolean): number | undefined {
    const compare = (one: BucketRef, other: BucketRef): number =>
      Buffer.compare(this.rows.name(one), this.rows.name(other));
    return listChains(this.#names, { owner: this.#store, position, limit, compare, visit });
  }

  #hashOfId(id: number): number {
    this.#idView.setFloat64(0, id);
    return this.#hash(this.#idBytes, 0, 8, NO_SALT) | 0;
  }
}
