import type { PlainOperations, ValueSink } from "@kv/storage";
import { BucketMemo } from "../bucket-memo.ts";
import type { BucketName } from "../bucket-name.ts";
import { ValueAnswer } from "./codec/encode-plain-answer.ts";
import { writeAbsent } from "./codec/key-outcomes.ts";
import { PlainReader } from "./codec/plain-reader.ts";
import { WireWriter } from "./codec/wire-writer.ts";
import type { NodeName } from "@kv/cluster";
import type { ServedCall } from "./link.ts";
import { RequestPlace } from "./request-place.ts";
import { type ReplyTerms, ServedReply } from "./served-reply.ts";
import { StoredReply } from "./stored-reply.ts";

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
  readonly #place = new RequestPlace();
  readonly #value = new ValueAnswer();
  /** The call that the value which is being shown answers. */
  #call: ServedCall | undefined;
  #isTooLarge = false;
  // oxlint-disable-next-line max-params -- as every `ValueSink`
  readonly #sink: ValueSink = (_bytes, start, end, words) => {
    const length = this.#value.set(words, start, end);
    this.#isTooLarge = length > this.#terms.answerLimitBytes;
    if (!this.#isTooLarge) this.#call?.answer(length, this.#value.write);
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
    const { about } = this.#value;
    this.#call = call;
    this.#isTooLarge = false;
    const place = this.#place.set(this.#reader, bucket, call.payload);
    const result = store.read(place, this.#sink, about);
    this.#call = undefined;
    if (result === undefined || this.#isTooLarge) return false;
    if (result === "missing") call.answer(1, writeMissing);
    else if (result === "no-bucket") call.answer(1, writeNoBucket);
    return true;
  }

  #put(store: PlainOperations, bucket: BucketName, call: ServedCall): boolean {
    const written = store.write(this.#place.set(this.#reader, bucket, call.payload));
    if (written === undefined) return false;
    const { durable } = written;
    const reply = new StoredReply(this.#terms, call, written);
    if (durable === undefined) reply.durable();
    else this.#terms.groups.add(durable, reply);
    return true;
  }
}

function writeMissing(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "missing");
}

function writeNoBucket(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "no-bucket");
}
