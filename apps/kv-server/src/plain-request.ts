import { type FieldPlace, PLACEHOLDER_NAME } from "@kv/kv";
import type { GetCommand, PutCommand } from "./execute/command.ts";
import type { ReplyForm } from "./request.ts";

/** A request of more bytes than this is not plain: so little is copied when a client has to wait amid many of them. */
export const plainLimitBytes = 4096;

/** How long keys and values may be, in bytes. */
export interface PlainLimits {
  readonly keyLimitBytes: number;
  readonly valueLimitBytes: number;
}

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new DataView(NO_BYTES.buffer);

/**
 * What most requests are, a get or a put of one key, told by offsets into the bytes that it came in: a decoder fills the
 * same objects again and again, and nothing is made for a request that is carried out at once.
 */
export class PlainRequest implements FieldPlace {
  type: "get" | "put" = "get";
  /** In memory of its own, that nobody writes to. */
  bucket = PLACEHOLDER_NAME;
  bytes: Uint8Array = NO_BYTES;
  words: DataView = NO_WORDS;
  start = 0;
  end = 0;
  /** Of a put, the value; of a get, nothing. */
  valueStart = 0;
  valueEnd = 0;
  /** Of a put, whether a bucket that is missing is made. */
  createsBucket = false;
  /** As `form` of every request. */
  form: ReplyForm | undefined = undefined;

  /** The value is where the key is. */
  get valueWords(): DataView {
    return this.words;
  }

  /** How many bytes it brings to the store. */
  get byteLength(): number {
    return this.bucket.length + this.end - this.start + this.valueEnd - this.valueStart;
  }

  /** Whether neither its key nor its value is too long. */
  isWithin({ keyLimitBytes, valueLimitBytes }: PlainLimits): boolean {
    return (
      this.end - this.start <= keyLimitBytes && this.valueEnd - this.valueStart <= valueLimitBytes
    );
  }

  /** The same as a command, which holds views of the bytes. */
  toCommand(): (GetCommand | PutCommand) & { readonly form: ReplyForm | undefined } {
    const { type, bucket, createsBucket, form } = this;
    const key = this.#view(this.start, this.end);
    if (type === "get") return { type, bucket, key, form };
    const value = this.#view(this.valueStart, this.valueEnd);
    return { type, bucket, fields: [{ key, value }], createsBucket, form };
  }

  /** A plain view: of a `Buffer`, it would take twice as long to make. */
  #view(start: number, end: number): Uint8Array {
    const { buffer, byteOffset } = this.words;
    return new Uint8Array(buffer, byteOffset + start, end - start);
  }

  /** The same in bytes of its own, without whatever is around key and value. */
  copy(): PlainRequest {
    const copy = new PlainRequest();
    const keyBytes = this.end - this.start;
    copy.bytes = new Uint8Array(keyBytes + this.valueEnd - this.valueStart);
    copy.bytes.set(this.bytes.subarray(this.start, this.end));
    copy.bytes.set(this.bytes.subarray(this.valueStart, this.valueEnd), keyBytes);
    copy.words = new DataView(copy.bytes.buffer);
    copy.type = this.type;
    copy.bucket = this.bucket;
    copy.end = keyBytes;
    copy.valueStart = keyBytes;
    copy.valueEnd = copy.bytes.length;
    copy.createsBucket = this.createsBucket;
    copy.form = this.form;
    return copy;
  }
}
