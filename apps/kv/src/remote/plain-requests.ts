import type { PlainOperations, ValueSink } from "@kv/storage";
import { BucketMemo } from "../bucket-memo.ts";
import { ValueAnswer } from "./codec/encode-plain-answer.ts";
import { writeAbsent } from "./codec/key-outcomes.ts";
import { PlainReader } from "./codec/plain-reader.ts";
import { WireWriter } from "./codec/wire-writer.ts";
import type { ServedCall } from "./link.ts";
import { RequestPlace } from "./request-place.ts";
import { type ReplyTerms, ServedReply } from "./served-reply.ts";
import type { ServingRouter } from "./serving-router.ts";
import { StoredReply } from "./stored-reply.ts";

/** So many requests are read before the first of them is served. */
const aheadLimit = 32;

/** A request that was read. */
interface Ahead {
  /** `undefined` when it is not plain, or was served. */
  call: ServedCall | undefined;
  readonly reader: PlainReader;
  readonly place: RequestPlace;
}

/**
 * Serves what most requests of other nodes are: a get, or a put of one key without a condition and a time, of a bucket that is
 * here. Its bytes are read where they lie, and nothing is made for it but what has to wait. Whatever is unusual about a request is
 * left to the `RequestServer`, with nothing done.
 */
export class PlainRequests {
  readonly #router: Pick<ServingRouter, "plainAt" | "foresee">;
  readonly #terms: ReplyTerms;
  readonly #buckets = new BucketMemo();
  /** What was foreseen and not served yet: from `#next` to before `#count`. */
  readonly #ahead: readonly Ahead[] = Array.from({ length: aheadLimit }, newAhead);
  readonly #places = this.#ahead.map(({ place }) => place);
  #next = 0;
  #count = 0;
  /** For what was not. */
  readonly #single = newAhead();
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

  constructor(router: Pick<ServingRouter, "plainAt" | "foresee">, terms: ReplyTerms) {
    this.#router = router;
    this.#terms = terms;
  }

  /** See `RequestServer.foresee`: what is plain is read now, and the store is told of its keys together. */
  foresee(calls: readonly (ServedCall | undefined)[], count: number): void {
    const ahead = this.#ahead;
    let read = 0;
    for (let index = 0; index < count; index++) {
      const [call, into] = [calls[index], ahead[read]];
      if (call === undefined || into === undefined) break;
      if (this.#read(into, call)) read++;
    }
    this.#next = 0;
    this.#count = read;
    if (read > 1) this.#router.foresee(this.#places, read);
  }

  /** Whether the request was served, or is being served. Throws nothing but what the link throws. */
  serve(call: ServedCall): boolean {
    const read = this.#readOf(call);
    if (read === undefined || call.remainingMs <= 0) return false;
    const { reader, place } = read;
    try {
      const store = this.#router.plainAt(place.bucket, reader.hops);
      if (store === undefined) return false;
      return reader.isPut ? this.#put(store, place, call) : this.#get(store, place, call);
    } catch (error) {
      new ServedReply(this.#terms, call, reader.isPut ? "put" : "get").failed(error);
      return true;
    }
  }

  #readOf(call: ServedCall): Ahead | undefined {
    const ahead = this.#ahead[this.#next];
    if (this.#next < this.#count && ahead?.call === call) {
      this.#next++;
      ahead.call = undefined;
      return ahead;
    }
    return this.#read(this.#single, call) ? this.#single : undefined;
  }

  #read(into: Ahead, call: ServedCall): boolean {
    const { reader, place } = into;
    const { payload } = call;
    if (!reader.read(payload)) return false;
    const bucket = this.#buckets.named(payload, reader.bucketStart, reader.bucketEnd);
    if (bucket === undefined) return false;
    place.set(reader, bucket, payload);
    into.call = call;
    return true;
  }

  #get(store: PlainOperations, place: RequestPlace, call: ServedCall): boolean {
    const { about } = this.#value;
    this.#call = call;
    this.#isTooLarge = false;
    const result = store.read(place, this.#sink, about);
    this.#call = undefined;
    if (result === undefined || this.#isTooLarge) return false;
    if (result === "missing") call.answer(1, writeMissing);
    else if (result === "no-bucket") call.answer(1, writeNoBucket);
    return true;
  }

  #put(store: PlainOperations, place: RequestPlace, call: ServedCall): boolean {
    const written = store.write(place);
    if (written === undefined) return false;
    const { durable } = written;
    const reply = new StoredReply(this.#terms, call, written);
    if (durable === undefined) reply.durable();
    else this.#terms.groups.add(durable, reply);
    return true;
  }
}

function newAhead(): Ahead {
  return { call: undefined, reader: new PlainReader(), place: new RequestPlace() };
}

function writeMissing(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "missing");
}

function writeNoBucket(target: Uint8Array, at: number): void {
  writeAbsent(new WireWriter(target, at), "no-bucket");
}
