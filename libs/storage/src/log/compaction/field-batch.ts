import type { BucketRef, EntryRef, KeyIndex } from "../../key-index/key-index.ts";
import { FORESEEN_LIMIT } from "../../key-index/foresight.ts";
import type { RecordCursor } from "../format/record-cursor.ts";
import type { SegmentGroup } from "./segment-groups.ts";

/** A field of a segment that the index still needs. */
export interface LivingField {
  readonly bucket: BucketRef;
  readonly entry: EntryRef;
  /** Where in the payload it begins, where its value does, and where it ends. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  /** Its own time, `Infinity` for never; the key may have another one by now. */
  readonly expiresAtMs: number;
}

/**
 * Fields of one group that are looked up together: in a large index each look-up waits for memory, and so they wait at the
 * same time. Nothing is made for a field.
 */
export class FieldBatch {
  readonly #index: KeyIndex;
  #count = 0;
  readonly #bucketIds = new Float64Array(FORESEEN_LIMIT);
  readonly #starts = new Int32Array(FORESEEN_LIMIT);
  readonly #keyStarts = new Int32Array(FORESEEN_LIMIT);
  readonly #keyEnds = new Int32Array(FORESEEN_LIMIT);
  readonly #ends = new Int32Array(FORESEEN_LIMIT);
  readonly #times = new Float64Array(FORESEEN_LIMIT);
  /** Of the fields whose bucket is there: which ones they are, and their buckets. */
  readonly #asked = new Int32Array(FORESEEN_LIMIT);
  readonly #buckets = new Uint32Array(FORESEEN_LIMIT);
  readonly #living = { bucket: 0, entry: 0, start: 0, valueStart: 0, end: 0, expiresAtMs: 0 };

  constructor(index: KeyIndex) {
    this.#index = index;
  }

  /** Whether it takes no more. */
  get isFull(): boolean {
    return this.#count === FORESEEN_LIMIT;
  }

  /** Adds the current field of `cursor`. */
  add({ bucketId, fieldStart, keyStart, keyEnd, fieldEnd, expiresAtMs }: RecordCursor): void {
    const place = this.#count++;
    this.#bucketIds[place] = bucketId;
    this.#starts[place] = fieldStart;
    this.#keyStarts[place] = keyStart;
    this.#keyEnds[place] = keyEnd;
    this.#ends[place] = fieldEnd;
    this.#times[place] = expiresAtMs;
  }

  /**
   * Shows `visit` the fields which the index says are where they are in `segment`, and forgets all. They are in `group`. What
   * is shown is good during the call only, and the visit removes no key.
   */
  take(segment: number, group: SegmentGroup, visit: (field: LivingField) => void): void {
    const index = this.#index;
    const { foresight } = index;
    this.#ask(group.payload);
    const count = foresight.fetch();
    foresight.forget();
    for (let place = 0; place < count; place++) {
      const field = this.#asked[place]!;
      const bucket = this.#buckets[place]!;
      const offset = group.payloadAt + this.#starts[field]!;
      let entry = foresight.entries[place]!;
      if (!this.#isAt(entry, segment, offset)) {
        entry = this.#lookUp(bucket, entry, group.payload, field);
        if (!this.#isAt(entry, segment, offset)) continue;
      }
      const living = this.#living;
      living.bucket = bucket;
      living.entry = entry;
      living.start = this.#starts[field]!;
      living.valueStart = this.#keyEnds[field]!;
      living.end = this.#ends[field]!;
      living.expiresAtMs = this.#times[field]!;
      visit(living);
    }
  }

  /** Whether there is an entry, and the value of it lies there. */
  #isAt(entry: EntryRef, segment: number, offset: number): boolean {
    const index = this.#index;
    return entry !== 0 && index.offset(entry) === offset && index.segment(entry) === segment;
  }

  /** Has what the index knows of the keys fetched; of buckets that are gone nothing is needed. */
  #ask(payload: Uint8Array): void {
    const index = this.#index;
    let asked = 0;
    let latestId = 0;
    let bucket: BucketRef = 0;
    for (let field = 0; field < this.#count; field++) {
      const id = this.#bucketIds[field]!;
      if (id !== latestId) bucket = index.bucketWithId(id);
      latestId = id;
      if (bucket === 0) continue;
      this.#asked[asked] = field;
      this.#buckets[asked++] = bucket;
      index.foresight.add(bucket, payload, this.#keyStarts[field]!, this.#keyEnds[field]!);
    }
    this.#count = 0;
  }

  /** The entry of a field's key; `foreseen` is one of the same hash, or 0. */
  // oxlint-disable-next-line max-params -- as of the index's own look-up
  #lookUp(bucket: BucketRef, foreseen: EntryRef, payload: Uint8Array, field: number): EntryRef {
    const start = this.#keyStarts[field]!;
    const end = this.#keyEnds[field]!;
    if (foreseen !== 0 && this.#index.hasKey(foreseen, payload, start, end)) return foreseen;
    return this.#index.find(bucket, payload, start, end);
  }
}
