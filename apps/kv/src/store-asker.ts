import type { Answer, Answering, GetOutcome, PutOutcome, Store } from "@kv/storage";
import type { PlainAsk, PlainAsker, PlainListener } from "./remote/plain-ask.ts";

/**
 * A store that answers later, as it is asked for what is plain: the next request of a client need not wait for the answer, since the
 * store carries out what concerns one bucket in the order of the calls.
 */
export class StoreAsker implements PlainAsker {
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  ask(ask: PlainAsk, listener: PlainListener): void {
    const answered = (answer: Answer<GetOutcome | PutOutcome>): void => listener.answered(answer);
    const failed = (error: unknown): void => listener.failed(error);
    const answering: Promise<Answer<GetOutcome | PutOutcome>> = Promise.resolve(this.#begin(ask));
    answering.then(answered, failed);
  }

  #begin(ask: PlainAsk): Answering<GetOutcome | PutOutcome> {
    const { type, bucket, words, start, end, createsBucket } = ask;
    const key = viewOf(words, start, end);
    if (type === "get") return this.store.get(bucket, key);
    const value = viewOf(ask.valueWords, ask.valueStart, ask.valueEnd);
    return this.store.put(bucket, [{ key, value }], { createsBucket });
  }
}

function viewOf({ buffer, byteOffset }: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + start, end - start);
}
