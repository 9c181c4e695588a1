import type { Clock } from "../clock.ts";
import { type BucketRef, type EntryRef, NEVER } from "../key-index/entry.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import { applyMutation, type Place, type ValuePlaces } from "../state/apply-mutation.ts";
import { assertKeyFits } from "../state/key-limit.ts";
import { isThere, nextRevision } from "../state/look-up.ts";
import type { Mutation } from "../state/mutation.ts";
import type { FieldPlace, WriteResult } from "../plain-operations.ts";
import { mutationNumber } from "../state/mutation-number.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import { fieldBytes } from "./format/field.ts";
import type { Group } from "./group.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { GroupGatherer } from "./group-gatherer.ts";

/** What a {@link LoggedIndex} joins. */
export interface LoggedIndexOptions {
  readonly index: KeyIndex;
  readonly cache: ValueCache;
  readonly gatherer: GroupGatherer;
  readonly commits: GroupCommit;
}

/** A key whose value is to be written again, at the end of the log: a field that lies among other bytes. */
export interface KeyCopy {
  readonly bucket: BucketRef;
  readonly entry: EntryRef;
  /** Where in those bytes it begins, where its value does, and where it ends. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  /** The field's own time, `Infinity` for never. */
  readonly expiresAtMs: number;
}

/** The index, and the log that it can be made again from: nothing changes the one without the other. */
export class LoggedIndex {
  readonly #options: LoggedIndexOptions;
  readonly #places: ValuePlaces;
  readonly #place = { segment: 0, offset: 0 };
  /** What the index is told of a field that {@link put} puts: read during the call only. */
  readonly #fields = { revision: 0, expiresAtMs: NEVER, segment: 0, offset: 0, valueBytes: 0 };
  /** What {@link put} returns. */
  readonly #put: { -readonly [Name in keyof WriteResult]: WriteResult[Name] } = {
    isAdded: false,
    revision: mutationNumber(1),
    durable: undefined,
  };
  #nextOffset = 0;
  #writtenBytes = 0;

  constructor(options: LoggedIndexOptions) {
    this.#options = options;
    this.#places = {
      next: (keyBytes, valueBytes) => this.#nextPlace(keyBytes, valueBytes),
      keep: (entry, value) => options.cache.set(entry, value),
    };
  }

  /** Bytes of log that mutations have taken since it was opened, headers included: all but what compaction writes. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Logs `mutations`, all or none of them, and applies them. What the log cannot take is not seen. */
  commit(mutations: readonly Mutation[]): void {
    if (mutations.length === 0) return;
    const { commits } = this.#options;
    commits.beginChange();
    try {
      this.#commit(mutations);
    } finally {
      commits.endChange();
    }
  }

  #commit(mutations: readonly Mutation[]): void {
    const { index, gatherer, commits } = this.#options;
    const before = gatherer.gatheredBytes;
    commits.append(mutations);
    this.#writtenBytes += gatherer.gatheredBytes - before;
    this.#place.segment = gatherer.segment;
    this.#nextOffset = gatherer.fieldsAt;
    for (const mutation of mutations) {
      applyMutation(index, mutation, this.#places);
      if (mutation.type !== "create") continue;
      index.setBucketSegment(index.bucketWithId(mutation.bucketId), gatherer.segment);
    }
  }

  /**
   * Puts one field, which has neither a condition nor a time, into a bucket that the index has: what `decidePut`
   * and {@link commit} come to, with one look for the key and nothing made on the way. Most puts are such,
   * and it is half of what they cost. A key that is there for ever is put without a look at the clock, which is
   * a tenth of it. `undefined`, having done nothing, when the life of the bucket is over. The result is good until the next call.
   */
  put(bucket: BucketRef, field: FieldPlace, clock: Clock): WriteResult | undefined {
    const { index, cache, gatherer, commits } = this.#options;
    const { bytes, start, end, valueWords, valueStart, valueEnd } = field;
    let entry = index.find(bucket, bytes, start, end);
    let isAdded = false;
    const isForEver =
      entry !== 0 &&
      index.expiresAtMs(entry) === NEVER &&
      index.bucketExpiresAtMs(bucket) === NEVER;
    if (!isForEver) {
      assertKeyFits({ length: end - start });
      const nowMs = clock();
      if (!isThere(index, bucket, nowMs)) return undefined;
      // Whether a transient bucket is there was asked of its keys: those that had lapsed are gone.
      if (entry !== 0) entry = index.find(bucket, bytes, start, end);
      isAdded = entry === 0 || nowMs >= index.expiresAtMs(entry);
    }
    commits.beginChange();
    try {
      const revision = nextRevision(index);
      const before = gatherer.gatheredBytes;
      const { durable } = commits.appendPut(bucket, revision, field);
      this.#writtenBytes += gatherer.gatheredBytes - before;
      index.lastRevision = revision;
      index.setBucketRevision(bucket, revision);
      const fields = this.#fields;
      fields.revision = revision;
      fields.segment = gatherer.segment;
      fields.offset = gatherer.fieldsAt;
      fields.valueBytes = valueEnd - valueStart;
      if (entry === 0) {
        const created = index.put(bucket, bytes, start, end, fields);
        cache.setPart(created, valueWords, valueStart, valueEnd);
      } else {
        const formerBytes = index.valueBytes(entry);
        index.overwrite(bucket, entry, fields);
        cache.replacePart(entry, formerBytes, valueWords, valueStart, valueEnd);
      }
      const result = this.#put;
      result.isAdded = isAdded;
      result.revision = revision;
      result.durable = durable;
      return result;
    } finally {
      commits.endChange();
    }
  }

  /**
   * Writes the value of a key that is there again, from `bytes`; nothing else about the key changes. Unless its time has
   * changed since it was put the field is copied as it is, checksum and all.
   */
  copy(field: KeyCopy, bytes: DataView): Group {
    const { commits } = this.#options;
    commits.beginChange();
    try {
      return this.#copy(field, bytes);
    } finally {
      commits.endChange();
    }
  }

  #copy(field: KeyCopy, bytes: DataView): Group {
    const { index, gatherer, commits } = this.#options;
    const { bucket, entry } = field;
    const expiresAtMs = index.expiresAtMs(entry);
    const revision = index.revision(entry);
    let group: Group;
    if (expiresAtMs === field.expiresAtMs) {
      group = commits.appendCopy(bucket, revision, { bytes, start: field.start, end: field.end });
    } else {
      const { buffer, byteOffset } = bytes;
      const { valueStart, end } = field;
      const value = new Uint8Array(buffer, byteOffset + valueStart, end - valueStart);
      const bucketId = index.bucketId(bucket);
      const key = index.key(entry);
      group = commits.append([{ type: "copy", bucketId, revision, key, value, expiresAtMs }]);
    }
    index.setPlace(entry, gatherer.segment, gatherer.fieldsAt);
    return group;
  }

  /** Says again what a bucket is. */
  restate(bucket: BucketRef): Group {
    const { index, commits } = this.#options;
    return commits.append([{ type: "restate", bucketId: index.bucketId(bucket) }]);
  }

  /** Says that the log begins with `firstSegment` from now on. */
  trim(firstSegment: number): Group {
    return this.#options.commits.append([{ type: "trim", firstSegment }]);
  }

  #nextPlace(keyBytes: number, valueBytes: number): Place {
    this.#place.offset = this.#nextOffset;
    this.#nextOffset += fieldBytes(keyBytes, valueBytes);
    return this.#place;
  }
}
