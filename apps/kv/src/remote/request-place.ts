import type { FieldPlace } from "@kv/storage";
import { type BucketName, PLACEHOLDER_NAME } from "../bucket-name.ts";
import type { PlainReader } from "./codec/plain-reader.ts";
import { WordsMemo } from "./words-memo.ts";

const NO_BYTES = new Uint8Array();
const NO_WORDS = new DataView(NO_BYTES.buffer);

/** Where key and value of a request stand in the memory that a link has read into: one object for all requests. */
export class RequestPlace implements FieldPlace {
  bucket: BucketName = PLACEHOLDER_NAME;
  bytes: Uint8Array = NO_BYTES;
  words: DataView = NO_WORDS;
  start = 0;
  end = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #memo = new WordsMemo();

  /** The value is where the key is. */
  get valueWords(): DataView {
    return this.words;
  }

  /** Takes over what `reader` has read in `payload`. Returns itself. */
  set(reader: PlainReader, bucket: BucketName, payload: Uint8Array): this {
    const { byteOffset } = payload;
    this.bucket = bucket;
    this.words = this.#memo.of(payload);
    this.bytes = this.#memo.bytes;
    this.start = byteOffset + reader.keyStart;
    this.end = byteOffset + reader.keyEnd;
    this.valueStart = byteOffset + reader.valueStart;
    this.valueEnd = byteOffset + reader.valueEnd;
    return this;
  }
}
