import { FIELD_HEADER_BYTES, loadFieldTime, RECORD_START_BYTES } from "./field.ts";
import { loadI64, loadU32, loadU64 } from "./little-endian.ts";
import {
  FLAG_AGAIN,
  FLAG_BUCKET_EXPIRES,
  FLAG_EXPIRES,
  FLAG_TRANSIENT,
  RECORD_TYPE,
} from "./log-record.ts";

/** No time: what a record or field holds that never expires. */
const NEVER = Number.POSITIVE_INFINITY;

/** Those that mean something of a bucket. */
const BUCKET_FLAGS = FLAG_AGAIN | FLAG_BUCKET_EXPIRES | FLAG_TRANSIENT;

/**
 * Walks over the records of a payload, in the layout drawn at `LogRecord`, and over the keys or
 * fields of each. A replay of ten million records spends its time here, so nothing is made for a
 * record: what is known of the current one stands in the cursor's members, and arrays are ranges of
 * the bytes that {@link open} was given. Members that the current record has no use for hold what an
 * earlier one left there.
 *
 * Bytes that are no record end the walk and set {@link isBad}: too few of them, an unknown type or
 * flag, a number out of range, a count of nothing. Never throws, never looks outside the range. The
 * fields' own checksums are not compared.
 */
export class RecordCursor {
  /** One of `RECORD_TYPE`. */
  type = 0;
  flags = 0;
  /** 1 to 2^53 - 1; of a TRIM, the first segment needed. */
  bucketId = 0;
  /** 1 to 2^53 - 1; of a TRIM, 0. */
  revision = 0;
  /** The record's own time or, once {@link nextItem} has found one, the field's; `Infinity` for never. */
  expiresAtMs = NEVER;
  /** The bucket's name in a BUCKET record, the key in an EXPIRE KEY, and else that of the current item. */
  keyStart = 0;
  keyEnd = 0;
  /** Where the current field begins; its value lies between `keyEnd` and `fieldEnd`. */
  fieldStart = 0;
  fieldEnd = 0;
  /** Whether the walk ended at bytes that are no record. */
  isBad = false;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #itemsLeft = 0;

  /** Begins a walk over the records from `start` to `end` of `bytes`, which stay as they are meanwhile. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#itemsLeft = 0;
    this.isBad = false;
  }

  /** Goes to the next record, passing over items that nobody asked for. False when there is none. */
  nextRecord(): boolean {
    while (this.#itemsLeft > 0) if (!this.nextItem()) return false;
    const at = this.#at;
    if (at === this.#end || this.isBad) return false;
    if (this.#end - at < RECORD_START_BYTES) return this.#fail();
    const bytes = this.#bytes;
    this.type = bytes[at]!;
    this.flags = bytes[at + 1]!;
    this.bucketId = loadU64(bytes, at + 2);
    this.revision = loadU64(bytes, at + 10);
    this.#at = at + RECORD_START_BYTES;
    return this.#hasGoodStart() && this.#takeRest();
  }

  /** Goes to the next field of a PUT or COPY, or the next key of a DELETE. False when there is none. */
  nextItem(): boolean {
    if (this.#itemsLeft === 0) return false;
    this.#itemsLeft -= 1;
    return this.type === RECORD_TYPE.delete ? this.#takeKey() : this.#takeField();
  }

  #hasGoodStart(): boolean {
    const { bucketId, revision, type } = this;
    const isGood =
      bucketId > 0 &&
      bucketId <= Number.MAX_SAFE_INTEGER &&
      revision <= Number.MAX_SAFE_INTEGER &&
      revision > 0 === (type !== RECORD_TYPE.trim);
    return isGood || this.#fail();
  }

  #takeRest(): boolean {
    const { flags } = this;
    switch (this.type) {
      case RECORD_TYPE.put:
      case RECORD_TYPE.delete:
        return flags === 0 && this.#takeCount() ? true : this.#fail();
      case RECORD_TYPE.copy:
        this.#itemsLeft = 1;
        return flags === 0 || this.#fail();
      case RECORD_TYPE.bucket:
        return this.#takeBucket();
      case RECORD_TYPE.expireKey:
        return (flags & ~FLAG_EXPIRES) === 0 && this.#takeTime(flags !== 0)
          ? this.#takeKey()
          : this.#fail();
      case RECORD_TYPE.expireBucket:
        return (flags & ~FLAG_EXPIRES) === 0 && this.#takeTime(flags !== 0) ? true : this.#fail();
      case RECORD_TYPE.drop:
      case RECORD_TYPE.keep:
      case RECORD_TYPE.trim:
        return flags === 0 || this.#fail();
      default:
        return this.#fail();
    }
  }

  #takeBucket(): boolean {
    const { flags, bucketId, revision } = this;
    const isAgain = (flags & FLAG_AGAIN) !== 0;
    const isGood = isAgain
      ? (flags & ~BUCKET_FLAGS) === 0 && revision >= bucketId
      : (flags & ~FLAG_TRANSIENT) === 0 && revision === bucketId;
    return isGood && this.#takeTime((flags & FLAG_BUCKET_EXPIRES) !== 0)
      ? this.#takeKey()
      : this.#fail();
  }

  #takeCount(): boolean {
    const at = this.#at;
    if (this.#end - at < 4) return false;
    this.#at = at + 4;
    // A count that lies ends with the bytes: nothing is made for it beforehand.
    this.#itemsLeft = loadU32(this.#bytes, at);
    return this.#itemsLeft > 0;
  }

  #takeTime(isThere: boolean): boolean {
    this.expiresAtMs = NEVER;
    if (!isThere) return true;
    const at = this.#at;
    if (this.#end - at < 8) return false;
    this.#at = at + 8;
    this.expiresAtMs = loadI64(this.#bytes, at);
    return Number.isSafeInteger(this.expiresAtMs);
  }

  #takeKey(): boolean {
    const start = this.#at + 4;
    if (this.#end < start) return this.#fail();
    const end = start + loadU32(this.#bytes, start - 4);
    if (this.#end < end) return this.#fail();
    this.keyStart = start;
    this.keyEnd = end;
    this.#at = end;
    return true;
  }

  #takeField(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const keyStart = start + FIELD_HEADER_BYTES;
    if (this.#end < keyStart) return this.#fail();
    const keyEnd = keyStart + loadU32(bytes, start + 4);
    const end = keyEnd + loadU32(bytes, start + 8);
    const expiresAtMs = loadFieldTime(bytes, start + 12);
    if (this.#end < end || Number.isNaN(expiresAtMs)) return this.#fail();
    this.expiresAtMs = expiresAtMs;
    this.fieldStart = start;
    this.keyStart = keyStart;
    this.keyEnd = keyEnd;
    this.fieldEnd = end;
    this.#at = end;
    return true;
  }

  #fail(): false {
    this.isBad = true;
    this.#itemsLeft = 0;
    return false;
  }
}
