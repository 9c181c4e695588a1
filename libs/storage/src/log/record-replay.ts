import { type BucketRef, type KeyIndex, NEVER } from "../key-index/key-index.ts";
import { KEY_LIMIT_BYTES } from "./format/field.ts";
import { FLAG_AGAIN, FLAG_TRANSIENT, RECORD_TYPE } from "./format/log-record.ts";
import { RecordCursor } from "./format/record-cursor.ts";

/** Keys of dropped buckets, at a time. */
const RECLAIMED_AT_ONCE = 65_536;

const TOO_LONG = "a key or a name is longer than any that is taken";

/** The payload of a sound group: a range of its segment's bytes. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly segment: number;
  /** The group header's: the highest revision given out up to and including the group. */
  readonly lastRevision: number;
  /** Whether the index may know already what is said here, and what was said later. */
  readonly isKnown: boolean;
}

/**
 * Does to an index what the records of a log say, group after group: what a replay of ten million
 * records spends its time with, so a record costs no object.
 *
 * The last word on a key or a bucket is the one that counts. So it does no harm when the oldest
 * segments are gone, or were left over: a key that was removed may not have been there, a bucket that
 * was dropped neither. What no writer of ours can have meant is told, and ends the replay: revisions
 * that do not grow from mutation to mutation, records about a bucket that nobody has named, a name
 * for two buckets.
 *
 * While an index from a snapshot catches up ({@link Payload.isKnown}), it may know what became of a
 * bucket later: one that it has already may be created, and records about one that it does not have are
 * passed over, as that one was dropped before the snapshot was over.
 */
export class RecordReplay {
  readonly #index: KeyIndex;
  readonly #cursor = new RecordCursor();
  #lastRevision = 0;
  #firstSegment = 1;
  #recordCount = 0;
  /** Of the latest mutation that was replayed. */
  #lastMutation = 0;
  /** Buckets up to this id may have been created where nobody has looked. */
  #lastUnseen = 0;
  /** The bucket that the latest record was about. */
  #bucketId = 0;
  #bucket: BucketRef = 0;
  /** What the index is told of a key: one object for all of them. */
  readonly #entry = { revision: 0, expiresAtMs: NEVER, segment: 0, offset: 0, valueBytes: 0 };

  constructor(index: KeyIndex) {
    this.#index = index;
  }

  /** No revision given out so far is higher. */
  get lastRevision(): number {
    return this.#lastRevision;
  }

  /** The oldest segment that is needed, as far as it was said. */
  get firstSegment(): number {
    return this.#firstSegment;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Takes over what a header or snapshot says. */
  learn(said: { readonly lastRevision: number; readonly firstSegment: number }): void {
    this.#lastRevision = Math.max(this.#lastRevision, said.lastRevision);
    this.#firstSegment = Math.max(this.#firstSegment, said.firstSegment);
  }

  /** What is replayed from here on begins in the middle: buckets created until now may come up unannounced. */
  begin(): void {
    this.#lastUnseen = this.#lastRevision;
  }

  /** Does what the records of a group say. Returns what is wrong with one that makes no sense. */
  replay(payload: Payload): string | undefined {
    const cursor = this.#cursor;
    this.#lastRevision = Math.max(this.#lastRevision, payload.lastRevision);
    this.#entry.segment = payload.segment;
    cursor.open(payload.bytes, payload.start, payload.end);
    while (cursor.nextRecord()) {
      const nonsense = this.#replayRecord(payload);
      if (nonsense !== undefined) return nonsense;
      this.#recordCount += 1;
    }
    if (cursor.isBad) return "a group with a good checksum holds no records";
    this.#index.lastRevision = this.#lastRevision;
    if (payload.isKnown) this.begin();
    return undefined;
  }

  #replayRecord(payload: Payload): string | undefined {
    const { type, flags, bucketId, revision } = this.#cursor;
    if (type === RECORD_TYPE.trim) return this.#trim(payload);
    const isMutation =
      type !== RECORD_TYPE.copy && (type !== RECORD_TYPE.bucket || (flags & FLAG_AGAIN) === 0);
    if (!isMutation && revision > this.#lastRevision) {
      return `revision ${revision} was not given out yet`;
    }
    if (isMutation && revision <= this.#lastMutation) {
      return `revision ${revision} comes after revision ${this.#lastMutation}`;
    }
    if (isMutation) this.#lastMutation = revision;
    if (revision > this.#lastRevision) this.#lastRevision = revision;
    if (type === RECORD_TYPE.bucket) return this.#name(payload);
    const bucket = this.#bucketWithId(bucketId);
    if (bucket !== 0) return this.#change(bucket, payload.bytes);
    return payload.isKnown || type === RECORD_TYPE.drop
      ? undefined
      : `bucket ${bucketId} is not there`;
  }

  /** The bucket is there. */
  #change(bucket: BucketRef, bytes: Uint8Array): string | undefined {
    const index = this.#index;
    const cursor = this.#cursor;
    const { revision } = cursor;
    let nonsense: string | undefined;
    switch (cursor.type) {
      case RECORD_TYPE.copy:
        return this.#put(bucket, bytes);
      case RECORD_TYPE.put:
        nonsense = this.#put(bucket, bytes);
        break;
      case RECORD_TYPE.delete:
        while (cursor.nextItem()) {
          const entry = index.find(bucket, bytes, cursor.keyStart, cursor.keyEnd);
          if (entry !== 0) index.remove(bucket, entry);
        }
        index.setBucketRemovalRevision(bucket, revision);
        break;
      case RECORD_TYPE.expireKey: {
        const entry = index.find(bucket, bytes, cursor.keyStart, cursor.keyEnd);
        if (entry === 0) break;
        index.setExpiresAtMs(entry, cursor.expiresAtMs);
        index.setRevision(entry, revision);
        break;
      }
      case RECORD_TYPE.expireBucket:
        index.setBucketExpiresAtMs(bucket, cursor.expiresAtMs);
        index.setBucketStandingRevision(bucket, revision);
        break;
      case RECORD_TYPE.keep:
        index.lifetimes.setTransient(bucket, false);
        index.setBucketStandingRevision(bucket, revision);
        break;
      default:
        index.dropBucket(bucket);
        index.dropRevision = Math.max(index.dropRevision, revision);
        this.#bucketId = 0;
        // Nobody waits for anything else now, and the memory may be needed.
        while (index.reclaim(RECLAIMED_AT_ONCE)) continue;
        return undefined;
    }
    if (revision > index.bucketRevision(bucket)) index.setBucketRevision(bucket, revision);
    return nonsense;
  }

  #put(bucket: BucketRef, bytes: Uint8Array): string | undefined {
    const cursor = this.#cursor;
    const entry = this.#entry;
    entry.revision = cursor.revision;
    while (cursor.nextItem()) {
      if (cursor.keyEnd - cursor.keyStart > KEY_LIMIT_BYTES) return TOO_LONG;
      entry.expiresAtMs = cursor.expiresAtMs;
      entry.offset = cursor.fieldStart;
      entry.valueBytes = cursor.fieldEnd - cursor.keyEnd;
      this.#index.put(bucket, bytes, cursor.keyStart, cursor.keyEnd, entry);
    }
    return undefined;
  }

  /** A BUCKET record: a bucket is created, or described again. */
  #name({ bytes, isKnown, segment }: Payload): string | undefined {
    const index = this.#index;
    const { bucketId, revision, flags, expiresAtMs, keyStart, keyEnd } = this.#cursor;
    const isAgain = (flags & FLAG_AGAIN) !== 0;
    if (keyEnd - keyStart > KEY_LIMIT_BYTES) return TOO_LONG;
    const name = bytes.subarray(keyStart, keyEnd);
    const known = index.bucketWithId(bucketId);
    const namesake = index.bucketNamed(name);
    if (known !== 0 && known !== namesake) return `bucket ${bucketId} is given another name`;
    if (known === 0) {
      if (namesake !== 0) {
        // The index knows a later bucket of that name already: this one is dropped before long.
        const isLater = index.bucketId(namesake) > bucketId;
        return isKnown && isLater ? undefined : `the name of bucket ${bucketId} is taken`;
      }
      if (isAgain && !isKnown && bucketId > this.#lastUnseen) {
        return `bucket ${bucketId} is described and was never created`;
      }
    } else if (!isAgain && !isKnown) return `bucket ${bucketId} is created a second time`;
    const bucket = known === 0 ? index.createBucket(bucketId, name) : known;
    this.#bucketId = 0;
    index.setBucketExpiresAtMs(bucket, expiresAtMs);
    index.lifetimes.setTransient(bucket, (flags & FLAG_TRANSIENT) !== 0);
    index.setBucketSegment(bucket, segment);
    if (revision > index.bucketRevision(bucket)) index.setBucketRevision(bucket, revision);
    if (isAgain && known === 0) {
      index.setBucketStandingRevision(bucket, revision);
      index.setBucketRemovalRevision(bucket, revision);
    }
    return undefined;
  }

  #trim({ segment }: Payload): string | undefined {
    const firstSegment = this.#cursor.bucketId;
    if (firstSegment > segment) return `segment ${firstSegment} is needed and was not begun yet`;
    this.#firstSegment = Math.max(this.#firstSegment, firstSegment);
    return undefined;
  }

  /** As the index has it; 0 when it is not there. Most records are about the bucket of the one before. */
  #bucketWithId(id: number): BucketRef {
    if (id === this.#bucketId) return this.#bucket;
    const bucket = this.#index.bucketWithId(id);
    this.#bucketId = bucket === 0 ? 0 : id;
    this.#bucket = bucket;
    return bucket;
  }
}
