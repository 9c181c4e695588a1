import type { Answering, Store } from "@kv/storage";
import type { Change } from "./ledger.ts";

/** `store`, which tells `tell` of every change in the moment in which it applies it. */
export function watchStore(store: Store, tell: (change: Change) => void): Store {
  return {
    traits: store.traits,
    read: (key, sink, about) => store.read(key, sink, about),
    write(field) {
      const { bucket, bytes, start, end, valueWords, valueStart, valueEnd } = field;
      const key = textOf(bytes.subarray(start, end));
      const { buffer, byteOffset } = valueWords;
      const bytesOfValue = new Uint8Array(buffer, byteOffset + valueStart, valueEnd - valueStart);
      const [name, value] = [textOf(bucket), textOf(bytesOfValue)];
      const written = store.write(field);
      if (written !== undefined) tell({ type: "put", bucket: name, key, value });
      return written;
    },
    lacks: (bucket) => store.lacks(bucket),
    foresee: (keys, count) => store.foresee(keys, count),
    get: (bucket, key) => store.get(bucket, key),
    describeKey: (bucket, key) => store.describeKey(bucket, key),
    describeBucket: (bucket) => store.describeBucket(bucket),
    listBuckets: (options) => store.listBuckets(options),
    listKeys: (bucket, options) => store.listKeys(bucket, options),
    expire: (bucket, key, expiry) => store.expire(bucket, key, expiry),
    raiseRevision: (atLeast) => store.raiseRevision(atLeast),
    statistics: () => store.statistics(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    createBucket(bucket) {
      const name = textOf(bucket);
      return heard(store.createBucket(bucket), ({ type }) => {
        if (type === "created") tell({ type, bucket: name });
      });
    },
    dropBucket(bucket) {
      const name = textOf(bucket);
      return heard(store.dropBucket(bucket), ({ type }) => {
        if (type === "dropped") tell({ type, bucket: name });
      });
    },
    put(bucket, fields, options) {
      const name = textOf(bucket);
      const puts = fields.map(({ key, value }) => ({ key: textOf(key), value: textOf(value) }));
      return heard(store.put(bucket, fields, options), ({ type }) => {
        if (type !== "stored") return;
        for (const put of puts) tell({ type: "put", bucket: name, ...put });
      });
    },
    delete(bucket, keys, condition) {
      const name = textOf(bucket);
      const names = keys.map(textOf);
      return heard(store.delete(bucket, keys, condition), ({ type }) => {
        if (type === "deleted") tell({ type, bucket: name, keys: names });
      });
    },
  };
}

/** Mutations of a node's own engine are answered at once: what is heard then is heard in the order of the engine. */
function heard<Outcome>(
  answering: Answering<Outcome>,
  hear: (outcome: Outcome) => void,
): Answering<Outcome> {
  if (!("outcome" in answering)) throw new Error("an engine of a node answers a mutation at once");
  hear(answering.outcome);
  return answering;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
