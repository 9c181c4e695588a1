import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Answer, type Field, MemoryStore, type PutOutcome, type Store } from "@kv/storage";
import { isKvError } from "../errors.ts";
import { bucketNamed, nodeNamed } from "../remote/testing/any-part.ts";
import { FencedStore } from "./fenced-store.ts";
import { Placement } from "./placement.ts";

const foo = nodeNamed("foo@lab");
const bucket = bucketNamed("apples");
const key = Buffer.from("k");
const value = Buffer.from("v");

suite("a fence", () => {
  test("is there in the next process, until it is taken down", async () => {
    const store = new MemoryStore({ clock: () => 0 });
    const placement = placementOf(store);
    await placement.load(store);
    assert.equal(placement.fence.sinceMs, undefined);
    await placement.fence.putUp(5);
    // One that is up stays as it is.
    await placement.fence.putUp(6);
    const next = placementOf(store);
    await next.load(store);
    assert.equal(next.fence.sinceMs, 5);
    await next.fence.takeDown();
    assert.equal(next.fence.sinceMs, undefined);
    const last = placementOf(store);
    await last.load(store);
    assert.equal(last.fence.sinceMs, undefined);
  });

  test("is in force at once, and told of when what was written before is durable", async () => {
    const store = new SlowStore({ clock: () => 0 });
    const placement = placementOf(store);
    let isTold = false;
    const putUp = (async () => {
      await placement.fence.putUp(5);
      isTold = true;
    })();
    assert.equal(placement.fence.sinceMs, 5);
    await new Promise(setImmediate);
    assert.equal(isTold, false);
    store.group.resolve();
    await putUp;
  });

  test("and a change of the routing table keep each other out", async () => {
    const store = new MemoryStore({ clock: () => 0 });
    const placement = placementOf(store);
    await placement.load(store);
    const plan = { planId: "p", next: [], previous: [], participants: [foo] };
    await placement.fence.putUp(5);
    const refused = placement.prepare(plan).outcome;
    assert.deepEqual(refused, {
      type: "refused",
      reason: "it is fenced: it takes no writes; `fence off` ends that",
    });
    await placement.fence.takeDown();
    assert.equal(placement.fence.obstacle, undefined);
    assert.equal(placement.prepare(plan).outcome.type, "done");
    assert.match(placement.fence.obstacle ?? "", /^a change of the routing table is under way;/u);
    placement.abandon("p");
    assert.equal(placement.fence.obstacle, undefined);
  });
});

suite("a fenced store", () => {
  test("refuses whatever would change it, and changes nothing", async () => {
    const { store, fenced } = await filled();
    const bytes = Buffer.from("kw");
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const field = { bucket, bytes, words, start: 0, end: 1, valueWords: words };
    const changes: Readonly<Record<string, () => unknown>> = {
      createBucket: () => fenced.createBucket(bucket),
      dropBucket: () => fenced.dropBucket(bucket),
      put: () => fenced.put(bucket, [{ key, value: Buffer.from("w") }]),
      write: () => fenced.write({ ...field, valueStart: 1, valueEnd: 2 }),
      delete: () => fenced.delete(bucket, [key]),
      "expire a key": () => fenced.expire(bucket, key, 1),
      "expire a bucket": () => fenced.expire(bucket, undefined, 1),
    };
    const before = await store.describeBucket(bucket);
    for (const [name, change] of Object.entries(changes)) {
      assert.throws(
        change,
        (error) => isKvError(error, "KV_FENCED") && error.details.node === foo,
        name,
      );
    }
    assert.deepEqual(await store.describeBucket(bucket), before);
    const { outcome } = await store.get(bucket, key);
    assert.ok(outcome.type === "found" && Buffer.from(outcome.value).equals(value));
  });

  test("answers reads as the store does", async () => {
    const { store, fenced } = await filled();
    for (const read of [
      (from: Store) => from.get(bucket, key),
      (from: Store) => from.describeKey(bucket, key),
      (from: Store) => from.describeBucket(bucket),
      (from: Store) => from.listBuckets(),
      (from: Store) => from.listKeys(bucket),
    ]) {
      assert.deepEqual(await read(fenced), await read(store));
    }
    const shown: string[] = [];
    const place = { bucket, bytes: key, start: 0, end: key.length };
    const outcome = fenced.read(place, (bytes, start, end) => {
      shown.push(Buffer.from(bytes.subarray(start, end)).toString());
    });
    assert.deepEqual([outcome, ...shown], ["found", "v"]);
  });
});

/** Whose writes are durable when its group is. */
class SlowStore extends MemoryStore {
  readonly group = Promise.withResolvers<void>();

  override put(name: Uint8Array, fields: readonly Field[]): Answer<PutOutcome> {
    return { ...super.put(name, fields), durable: this.group.promise };
  }
}

async function filled(): Promise<{ readonly store: Store; readonly fenced: Store }> {
  const store = new MemoryStore({ clock: () => 0 });
  store.createBucket(bucket);
  store.put(bucket, [{ key, value }]);
  return { store, fenced: new FencedStore(store, foo) };
}

function placementOf(store: Store): Placement {
  return new Placement({
    reader: { self: foo, host: "lab" },
    configured: () => [],
    store: () => store,
    activate: () => {},
  });
}
