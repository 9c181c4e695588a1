import type { FieldPlace, KeyAbout, PlainOperations, Revision, ValueSink } from "@kv/storage";
import { BucketMemo } from "../bucket-memo.ts";
import type { BucketName } from "../bucket-name.ts";
import { writeAbsent, writeFound } from "./codec/key-outcomes.ts";
import { PlainReader } from "./codec/plain-reader.ts";
import { WireWriter } from "./codec/wire-writer.ts";
import type { NodeName } from "@kv/cluster";
import type { ServedCall } from "./link.ts";
import { type ReplyTerms, ServedReply } from "./served-reply.ts";

/** Finds where a bucket is served, for a request that came by `hops`, if that is here and needs no further ado. */
export type FindPlain = (
  bucket: BucketName,
  hops: readonly NodeName[],
) => PlainOperations | undefined;

/**
 * Serves what most requests of other nodes are: a get, or a put of one key without a condition and a time, of a bucket that is
 * here. Its bytes are read where they lie, and nothing is made for it but what has to wait. Whatever is unusual about a request is
 * left to the `RequestServer`, with nothing done.
 */
export class PlainRequests {
  readonly #find: FindPlain;
  readonly #terms: ReplyTerms;
  readonly #reader = new PlainReader();
  readonly #buckets = new BucketMemo();
  readonly #about: KeyAbout = { revision: NO_REVISION, expiresAtMs: undefined };
  /** The value that is being shown, and the call that it answers. */
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #call: ServedCall | undefined;
  #isTooLarge = false;
  readonly #sink: ValueSink = (bytes, start, end) => {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    const length = writeFound(new WireWriter(), this.#about, end - start).at + end - start;
    this.#isTooLarge = length > this.#terms.answerLimitBytes;
    if (!this.#isTooLarge) this.#call?.answer(length, this.#write);
  };
  readonly #write = (target: Uint8Array, at: number): void => {
    const writer = writeFound(new WireWriter(target, at), this.#about, this.#end - this.#start);
    copyBytes(this.#bytes, this.#start, this.#end, target, writer.at);
  };

  constructor(find: FindPlain, terms: ReplyTerms) {
    this.#find = find;
    this.#terms = terms;
  }

  /** Whether the request was served, or is being served. Throws nothing but what the link throws. */
  serve(call: ServedCall): boolean {
    const reader = this.#reader;
    const { payload } = call;
    if (call.remainingMs <= 0 || !reader.read(payload)) return false;
    const bucket = this.#buckets.named(payload, reader.bucketStart, reader.bucketEnd);
    if (bucket === undefined) return false;
    try {
      const store = this.#find(bucket, reader.hops);
      if (store === undefined) return false;
      return reader.isPut ? this.#put(store, bucket, call) : this.#get(store, bucket, call);
    } catch (error) {
      new ServedReply(this.#terms, call, reader.isPut ? "put" : "get").failed(error);
      return true;
    }
  }

  #get(store: PlainOperations, bucket: BucketName, call: ServedCall): boolean {
    const { keyStart: start, keyEnd: end } = this.#reader;
    this.#call = call;
    this.#isTooLarge = false;
    const result = store.read({ bucket, bytes: call.payload, start, end }, this.#sink, this.#about);
    this.#call = undefined;
    this.#bytes = NOTHING;
    if (result === undefined || this.#isTooLarge) return false;
    if (result === "missing") call.answer(1, writeMissing);
    else if (result === "no-bucket") call.answer(1, writeNoBucket);
    return true;
  }

  #put(store: PlainOperations, bucket: BucketName, call: ServedCall): boolean {
    const { payload } = call;
    const { keyStart, keyEnd, valueStart, valueEnd } = this.#reader;
    const words = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const field: FieldPlace = {
      bucket,
      bytes: payload,
      words,
      start: keyStart,
      end: keyEnd,
      valueWords: words,
      valueStart,
      valueEnd,
    };
    const written = store.write(field);
    if (written === undefined) return false;
    const { isAdded, revision, durable } = written;
    const outcome = { type: "stored", revision, added: isAdded ? 1 : 0 } as const;
    new ServedReply(this.#terms, call, "put").answered({ outcome, durable });
    return true;
  }
}

const NOTHING = new Uint8Array();

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- overwritten before it is looked at
const NO_REVISION = 0 as Revision;

function writeMissing(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "missing");
}

function writeNoBucket(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "no-bucket");
}

/** Up to here a loop over bytes costs less than a view and a native copy. */
const LOOPED_BYTES = 96;

// oxlint-disable-next-line max-params -- once for each value: an object would be made for each
function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  if (end - start > LOOPED_BYTES) target.set(source.subarray(start, end), at);
  else for (let from = start, to = at; from < end; from++, to++) target[to] = source[from] ?? 0;
}
