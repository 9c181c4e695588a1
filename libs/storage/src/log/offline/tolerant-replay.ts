import { type BucketRef, type EntryRef, type KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { KEY_LIMIT_BYTES } from "../format/field.ts";
import { FLAG_AGAIN, FLAG_TRANSIENT, RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import type { Payload } from "../record-replay.ts";

/** Keys of dropped buckets, at a time. */
const RECLAIMED_AT_ONCE = 65_536;

/** What a {@link TolerantReplay} works with. */
export interface TolerantReplayOptions {
  readonly index: KeyIndex;
  /** Names of buckets, by their ids, for when the record that names one is lost. */
  readonly names?: ReadonlyMap<number, Uint8Array> | undefined;
}

/**
 * Does to an index what the sound groups of a damaged log say: what stands in a group that is lost is not
 * known, so nothing is nonsense. The last word that was found on a key is the one that counts.
 *
 * A bucket that no record has named is a stranger; its records are passed over and counted, unless it
 * turns out to have been dropped. A name that a later bucket is given shows that the earlier one was dropped.
 */
export class TolerantReplay {
  readonly #index: KeyIndex;
  readonly #names: ReadonlyMap<number, Uint8Array>;
  readonly #cursor = new RecordCursor();
  readonly #strangers = new Map<number, number>();
  readonly #learnt = new Map<number, Uint8Array>();
  #unseenDrops = 0;
  #oddRecords = 0;
  #firstSegment = 1;
  #gap = { segment: 0, offsetBytes: 0 };
  readonly #entry = { revision: 0, expiresAtMs: NEVER, segment: 0, offset: 0, valueBytes: 0 };

  constructor({ index, names = new Map() }: TolerantReplayOptions) {
    this.#index = index;
    this.#names = names;
  }

  /** Buckets that nothing had named when a record was about them, by id: how many records were passed over. */
  get strangers(): ReadonlyMap<number, number> {
    return this.#strangers;
  }

  /** The names of strangers that a later record told. */
  get learnt(): ReadonlyMap<number, Uint8Array> {
    return this.#learnt;
  }

  /** Buckets whose drop was not found, and followed from the next one of that name. */
  get unseenDrops(): number {
    return this.#unseenDrops;
  }

  /** Records that no writer of ours can have meant; passed over. */
  get oddRecords(): number {
    return this.#oddRecords;
  }

  /** The oldest segment that is needed, as far as records tell; 1 at first. */
  get firstSegment(): number {
    return this.#firstSegment;
  }

  /**
   * A part of the log is lost before this place. What is said of the time of a key behind it is taken over for a
   * value that stands before it, but not the revision: the value it was said of may be another.
   */
  gap(segment: number, offsetBytes: number): void {
    this.#gap = { segment, offsetBytes };
  }

  /** Does what the records of a sound group say, as far as they make sense. */
  replay(payload: Payload): void {
    const cursor = this.#cursor;
    this.#learn(payload.lastRevision);
    this.#entry.segment = payload.segment;
    cursor.open(payload.bytes, payload.start, payload.end);
    while (cursor.nextRecord()) {
      if (cursor.type === RECORD_TYPE.trim) this.#trim(payload.segment);
      else this.#replayRecord(payload);
    }
    if (cursor.isBad) this.#oddRecords += 1;
  }

  #trim(segment: number): void {
    const { bucketId: firstSegment } = this.#cursor;
    if (firstSegment > segment) this.#oddRecords += 1;
    else this.#firstSegment = Math.max(this.#firstSegment, firstSegment);
  }

  #replayRecord({ bytes, isKnown, segment }: Payload): void {
    const index = this.#index;
    const { type, bucketId, revision } = this.#cursor;
    this.#learn(revision);
    if (type === RECORD_TYPE.bucket) {
      if (!this.#name(bytes, segment) && !isKnown) this.#oddRecords += 1;
      return undefined;
    }
    const bucket = index.bucketWithId(bucketId) || this.#makeKnown(bucketId);
    if (bucket !== 0) return this.#change(bucket, bytes);
    if (type === RECORD_TYPE.drop) {
      index.dropRevision = Math.max(index.dropRevision, revision);
      this.#strangers.delete(bucketId);
      this.#learnt.delete(bucketId);
    } else if (!isKnown) {
      this.#strangers.set(bucketId, (this.#strangers.get(bucketId) ?? 0) + 1);
    }
    return undefined;
  }

  #change(bucket: BucketRef, bytes: Uint8Array): void {
    const index = this.#index;
    const cursor = this.#cursor;
    const { revision, type } = cursor;
    switch (type) {
      case RECORD_TYPE.copy:
      case RECORD_TYPE.put:
        this.#put(bucket, bytes);
        if (type === RECORD_TYPE.copy) return;
        break;
      case RECORD_TYPE.delete:
        while (cursor.nextItem()) {
          const entry = index.find(bucket, bytes, cursor.keyStart, cursor.keyEnd);
          if (entry !== 0) index.remove(bucket, entry);
        }
        break;
      case RECORD_TYPE.expireKey: {
        const entry = index.find(bucket, bytes, cursor.keyStart, cursor.keyEnd);
        if (entry === 0) break;
        index.setExpiresAtMs(entry, cursor.expiresAtMs);
        if (!this.#isBeforeGap(entry)) index.setRevision(entry, revision);
        break;
      }
      case RECORD_TYPE.expireBucket:
        index.setBucketExpiresAtMs(bucket, cursor.expiresAtMs);
        break;
      case RECORD_TYPE.keep:
        index.lifetimes.setTransient(bucket, false);
        break;
      default:
        this.#drop(bucket, revision);
        return;
    }
    if (revision > index.bucketRevision(bucket)) index.setBucketRevision(bucket, revision);
  }

  #isBeforeGap(entry: EntryRef): boolean {
    const { segment, offsetBytes } = this.#gap;
    const own = this.#index.segment(entry);
    return own === segment ? this.#index.offset(entry) < offsetBytes : own < segment;
  }

  #put(bucket: BucketRef, bytes: Uint8Array): void {
    const cursor = this.#cursor;
    const entry = this.#entry;
    entry.revision = cursor.revision;
    while (cursor.nextItem()) {
      if (cursor.keyEnd - cursor.keyStart > KEY_LIMIT_BYTES) {
        this.#oddRecords += 1;
        continue;
      }
      entry.expiresAtMs = cursor.expiresAtMs;
      entry.offset = cursor.fieldStart;
      entry.valueBytes = cursor.fieldEnd - cursor.keyEnd;
      this.#index.put(bucket, bytes, cursor.keyStart, cursor.keyEnd, entry);
    }
  }

  /** A BUCKET record. False when it makes no sense, or is older than the bucket that has the name. */
  #name(bytes: Uint8Array, segment: number): boolean {
    const index = this.#index;
    const { bucketId, revision, flags, expiresAtMs, keyStart, keyEnd } = this.#cursor;
    const name = bytes.subarray(keyStart, keyEnd);
    if (this.#strangers.has(bucketId)) this.#learnt.set(bucketId, Uint8Array.from(name));
    const known = index.bucketWithId(bucketId);
    const bucket = known === 0 ? this.#create(bucketId, name) : known;
    if (bucket === 0 || index.bucketNamed(name) !== bucket) return false;
    if ((flags & FLAG_AGAIN) !== 0 || known === 0) {
      index.setBucketExpiresAtMs(bucket, expiresAtMs);
      index.lifetimes.setTransient(bucket, (flags & FLAG_TRANSIENT) !== 0);
    }
    index.setBucketSegment(bucket, segment);
    if (revision > index.bucketRevision(bucket)) index.setBucketRevision(bucket, revision);
    return true;
  }

  /** The bucket of that id, by a name that is known from elsewhere; 0 when there is none. */
  #makeKnown(bucketId: number): BucketRef {
    const name = this.#cursor.type === RECORD_TYPE.drop ? undefined : this.#names.get(bucketId);
    return name === undefined ? 0 : this.#create(bucketId, name);
  }

  /** 0 when a later bucket has the name. */
  #create(bucketId: number, name: Uint8Array): BucketRef {
    const index = this.#index;
    if (name.length > KEY_LIMIT_BYTES) return 0;
    const namesake = index.bucketNamed(name);
    if (namesake !== 0) {
      if (index.bucketId(namesake) > bucketId) return 0;
      this.#unseenDrops += 1;
      this.#drop(namesake, bucketId);
    }
    return index.createBucket(bucketId, name);
  }

  #drop(bucket: BucketRef, revision: number): void {
    const index = this.#index;
    index.dropBucket(bucket);
    index.dropRevision = Math.max(index.dropRevision, revision);
    while (index.reclaim(RECLAIMED_AT_ONCE)) continue;
  }

  #learn(revision: number): void {
    if (revision > this.#index.lastRevision) this.#index.lastRevision = revision;
  }
}
