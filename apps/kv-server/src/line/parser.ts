import { type BucketName, bucketNameLimitBytes } from "@kv/kv";
import { BucketMemo } from "@kv/kv";
import type { Input } from "../input.ts";
import type { PlainRequest } from "../plain-request.ts";
import type { RequestLimits } from "../protocol.ts";
import type { LimitedPart, Request } from "../request.ts";
import { findVerb } from "./verbs.ts";
import { createWordOffsets, splitWords } from "./words.ts";

const UNKNOWN_COMMAND: Request = { type: "unknown-command" };

const NO_BYTES = new Uint8Array(0);

/** Turns one line, without its line feed, into a request. Keeps its scratch memory from line to line. */
export class LineParser {
  readonly #limits: RequestLimits;
  readonly #words = createWordOffsets();
  readonly #buckets = new BucketMemo();
  #bytes: Uint8Array = NO_BYTES;
  /** The memory of the bytes: asking for it costs as much as a view. */
  #memory: ArrayBufferLike = NO_BYTES.buffer;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Lets go of the line's bytes. */
  release(): void {
    this.#turnTo(NO_BYTES);
  }

  /** The request in `bytes` from `start` to `end`; what it carries are views of `bytes`. */
  parse(bytes: Uint8Array, start: number, end: number): Request {
    if (bytes !== this.#bytes) this.#turnTo(bytes);
    const words = this.#words;
    const count = splitWords(bytes, start, end, words);
    if (count === 0) return UNKNOWN_COMMAND;
    const verb = findVerb(bytes, words[0]!, words[1]!, count);
    if (verb === undefined) return UNKNOWN_COMMAND;
    switch (verb) {
      case "get":
        return this.#tooLong(count) ?? this.#get();
      case "put":
        return this.#tooLong(count) ?? this.#put();
      case "delete":
        return (
          this.#tooLong(count) ?? { type: "delete", bucket: this.#bucket(), keys: [this.#word(2)] }
        );
      case "create":
        return this.#tooLong(count) ?? { type: "create", bucket: this.#bucket() };
      case "authenticate":
        return { type: "authenticate", name: this.#word(1), password: this.#word(2) };
      default:
        return verb satisfies never;
    }
  }

  /** Reads the line of `input` that ends at `end` into `plain` when it is a get or a put within the limits; otherwise nothing happens. */
  parsePlain(input: Input, end: number, plain: PlainRequest): boolean {
    const { bytes } = input;
    if (bytes !== this.#bytes) this.#turnTo(bytes);
    const words = this.#words;
    const count = splitWords(bytes, input.start, end, words);
    if (count !== 3 && count !== 4) return false;
    const verb = findVerb(bytes, words[0]!, words[1]!, count);
    if ((verb !== "get" && verb !== "put") || this.#tooLong(count) !== undefined) return false;
    plain.type = verb;
    plain.bucket = this.#bucket();
    plain.bytes = bytes;
    plain.words = input.words;
    plain.start = words[4]!;
    plain.end = words[5]!;
    plain.valueStart = verb === "put" ? words[6]! : 0;
    plain.valueEnd = verb === "put" ? words[7]! : 0;
    plain.createsBucket = false;
    plain.form = undefined;
    return true;
  }

  #get(): Request {
    return { type: "get", bucket: this.#bucket(), key: this.#word(2) };
  }

  #put(): Request {
    return {
      type: "put",
      bucket: this.#bucket(),
      fields: [{ key: this.#word(2), value: this.#word(3) }],
    };
  }

  /** The first of bucket name, key and value, as far as `count` words go, that is over its limit. */
  #tooLong(count: number): Request | undefined {
    const { keyLimitBytes, valueLimitBytes } = this.#limits;
    if (this.#length(1) > bucketNameLimitBytes) return tooLong("bucket name", bucketNameLimitBytes);
    if (count > 2 && this.#length(2) > keyLimitBytes) return tooLong("key", keyLimitBytes);
    if (count > 3 && this.#length(3) > valueLimitBytes) return tooLong("value", valueLimitBytes);
    return undefined;
  }

  #length(word: number): number {
    return this.#words[word * 2 + 1]! - this.#words[word * 2]!;
  }

  /** A plain view: of a `Buffer`, it would take twice as long to make. */
  #word(word: number): Uint8Array {
    const start = this.#bytes.byteOffset + this.#words[word * 2]!;
    return new Uint8Array(this.#memory, start, this.#length(word));
  }

  #turnTo(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#memory = bytes.buffer;
  }

  #bucket(): BucketName {
    const bucket = this.#buckets.named(this.#bytes, this.#words[2]!, this.#words[3]!);
    if (bucket === undefined) throw new Error("a word within the limit is a bucket name");
    return bucket;
  }
}

/** The request whose `part` passed its limit. */
export function tooLong(part: LimitedPart, limitBytes: number): Request {
  return { type: "too-long", part, limitBytes };
}
