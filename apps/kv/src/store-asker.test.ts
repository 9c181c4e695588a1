import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  type Answer,
  type GetOutcome,
  MemoryStore,
  type PutOutcome,
  type Store,
} from "@kv/storage";
import { bucketNamed } from "./remote/testing/any-part.ts";
import type { PlainAsk } from "./remote/plain-ask.ts";
import { StoreAsker } from "./store-asker.ts";

const bucket = bucketNamed("fruit");
const bytes = Buffer.from("..apples7..");

/** A get or a put of `apples` that stands in the midst of other bytes. */
function askOf(type: "get" | "put", createsBucket = false): PlainAsk {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const place = { start: 2, end: 8, valueStart: 8, valueEnd: 9 };
  return { type, bucket, createsBucket, bytes, words, valueWords: words, ...place };
}

function unused(): void {
  assert.fail("a store gives whole answers, or throws");
}

type Told = Answer<GetOutcome | PutOutcome>;

/** What a store's asker tells of each of `asks`, made one right after the other. */
async function told(store: Store, asks: readonly PlainAsk[]): Promise<readonly Told["outcome"][]> {
  const asker = new StoreAsker(store);
  const answers = asks.map(
    (ask) =>
      new Promise<Told>((answered, failed) => {
        asker.ask(ask, { answered, failed, found: unused, stored: unused });
      }),
  );
  return (await Promise.all(answers)).map(({ outcome }) => outcome);
}

suite("StoreAsker", () => {
  test("asks the store for what stands in the bytes, in the order of the calls", async () => {
    const store = new MemoryStore({ clock: () => 0 });
    const asks = [askOf("get"), askOf("put"), askOf("put", true), askOf("get")];
    const [first, second, third, fourth] = await told(store, asks);
    assert.equal(first?.type, "no-bucket");
    assert.equal(second?.type, "no-bucket");
    assert.equal(third?.type, "stored");
    assert.ok(fourth?.type === "found");
    assert.equal(Buffer.from(fourth.value).toString(), "7");
  });

  test("tells of a failure", async () => {
    const store = new MemoryStore({ clock: () => 0 });
    Object.assign(store, { get: async () => await Promise.reject(new Error("later")) });
    await assert.rejects(told(store, [askOf("get")]), { message: "later" });
  });

  test("throws what the store throws at once, and tells nobody", async () => {
    const store = new MemoryStore({ clock: () => 0 });
    Object.assign(store, { put: () => assert.fail("at once") });
    const listener = { answered: unused, failed: unused, found: unused, stored: unused };
    assert.throws(() => new StoreAsker(store).ask(askOf("put"), listener), { message: "at once" });
  });
});
