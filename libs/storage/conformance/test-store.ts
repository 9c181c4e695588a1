import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type Clock, type Cursor, isStorageError, type Store } from "../src/index.ts";
import { hex, Model } from "./model.ts";
import { anyStep } from "./step.ts";
import { expectSame, settle, takeStep } from "./take-step.ts";

/** Opens a fresh, empty store each time it is called. */
export type OpenStore = (options: { readonly clock: Clock }) => Promise<Store>;

/**
 * Registers the tests every engine must pass: the Store contract, against a model and by example.
 *
 * @param engine Name shown in test output.
 */
export function testStore(engine: string, open: OpenStore): void {
  suite(`${engine} keeps the Store contract`, () => {
    test("a store agrees with the model after any sequence of steps", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: "max" }), async (steps) => {
          const model = new Model();
          await using store = await open({ clock: () => model.nowMs });
          for (const step of steps) await takeStep({ store, model }, step);
          await expectSame({ store, model });
        }),
      );
    });

    testBuckets(open);
    testConditions(open);
    testExpiry(open);
    testListing(open);
    testLifetime(open);
  });
}

function testBuckets(open: OpenStore): void {
  test("createBucket() keeps the keys of a bucket that exists", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const stored = await settle(store.put(B, [{ key: K, value: V }]));
    assert.equal(stored.type, "stored");
    assert.deepEqual(await settle(store.createBucket(B)), {
      type: "exists",
      revision: stored.revision,
    });
    assert.equal((await settle(store.get(B, K))).type, "found");
  });

  test("dropBucket() takes the keys along, and no revision comes back with the name", async () => {
    await using store = await open({ clock: () => 0 });
    const seen: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const created = await settle(store.createBucket(B));
      assert.equal(created.type, "created");
      assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
      const stored = await settle(store.put(B, [{ key: K, value: V }]));
      const dropped = await settle(store.dropBucket(B));
      assert.ok(stored.type === "stored" && dropped.type === "dropped");
      seen.push(created.revision, stored.revision, dropped.revision);
    }
    assert.equal(new Set(seen).size, seen.length);
  });

  test("every operation on a missing bucket answers no-bucket and makes none", async () => {
    await using store = await open({ clock: () => 0 });
    const absent = { type: "no-bucket" };
    assert.deepEqual(await settle(store.get(B, K)), absent);
    assert.deepEqual(await settle(store.put(B, [{ key: K, value: V }])), absent);
    assert.deepEqual(await settle(store.delete(B, [K])), absent);
    assert.deepEqual(await settle(store.expire(B, K, 1)), absent);
    assert.deepEqual(await settle(store.expire(B, undefined, 1)), absent);
    assert.deepEqual(await settle(store.listKeys(B)), absent);
    assert.deepEqual(await settle(store.dropBucket(B)), absent);
    assert.deepEqual((await settle(store.listBuckets())).page.entries, []);
  });

  test("put() takes the later value of a key named twice and counts it once", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const fields = [V, W].map((value) => ({ key: K, value }));
    const stored = await settle(store.put(B, fields));
    assert.ok(stored.type === "stored" && stored.added === 1);
    const found = await settle(store.get(B, K));
    assert.ok(found.type === "found");
    assert.equal(hex(found.value), hex(W));
  });
}

function testConditions(open: OpenStore): void {
  test("put() with one failing condition puts nothing and names that key", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const stored = await settle(store.put(B, [{ key: K, value: V }]));
    assert.ok(stored.type === "stored");
    const conflict = await settle(
      store.put(B, [
        { key: L, value: W, condition: { type: "absent" } },
        { key: K, value: W, condition: { type: "absent" } },
      ]),
    );
    assert.ok(conflict.type === "conflict");
    assert.equal(hex(conflict.key), hex(K));
    assert.equal(conflict.revision, stored.revision);
    assert.deepEqual(await settle(store.get(B, L)), { type: "missing" });
  });

  test("put() judges the conditions against the state before the call", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const fields = [V, W].map((value) => ({
      key: K,
      value,
      condition: { type: "absent" } as const,
    }));
    assert.equal((await settle(store.put(B, fields))).type, "stored");
  });

  test("a revision matches once: of two writers that read it, the second one conflicts", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const stored = await settle(store.put(B, [{ key: K, value: V }]));
    assert.ok(stored.type === "stored");
    const condition = { type: "revision", revision: stored.revision } as const;
    const first = await settle(store.put(B, [{ key: K, value: W, condition }]));
    const second = await settle(store.put(B, [{ key: K, value: V, condition }]));
    assert.deepEqual([first.type, second.type], ["stored", "conflict"]);
    assert.equal((await settle(store.delete(B, [K], condition))).type, "conflict");
  });
}

function testExpiry(open: OpenStore): void {
  test("a key is served in the millisecond before it expires and not in the one it does", async () => {
    let nowMs = 99;
    await using store = await open({ clock: () => nowMs });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V, expiresAtMs: 100 }]));
    assert.equal((await settle(store.get(B, K))).type, "found");
    nowMs = 100;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    assert.deepEqual(await settle(store.delete(B, [K])), { type: "missing" });
    const stored = await settle(store.put(B, [{ key: K, value: W }]));
    assert.ok(stored.type === "stored" && stored.added === 1);
  });

  test("a bucket that lapsed is gone, and its keys do not come back with a new one", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V }]));
    await settle(store.expire(B, undefined, 100));
    nowMs = 100;
    assert.deepEqual(await settle(store.get(B, K)), { type: "no-bucket" });
    assert.deepEqual(await settle(store.expire(B, undefined, undefined)), { type: "no-bucket" });
    assert.deepEqual((await settle(store.listBuckets())).page.entries, []);
    assert.equal((await settle(store.createBucket(B))).type, "created");
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    nowMs = 0;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
  });
}

function testListing(open: OpenStore): void {
  test("listKeys() misses no key that stays, whatever happens between two pages", async () => {
    const change = fc.record({
      type: fc.constantFrom("put", "delete"),
      key: fc.integer({ min: 0, max: 19 }).map((number) => Uint8Array.of(number)),
    });
    const plan = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), async (turns, limit) => {
        await using store = await open({ clock: () => 0 });
        await settle(store.createBucket(B));
        const keys = Array.from({ length: 10 }, (_, number) => Uint8Array.of(number * 2));
        await settle(
          store.put(
            B,
            keys.map((key) => ({ key, value: V })),
          ),
        );
        const deleted = new Set<string>();
        const seen: string[] = [];
        let cursor: Cursor | undefined;
        for (let turn = 0; turn === 0 || cursor !== undefined; turn++) {
          const outcome = await settle(store.listKeys(B, { cursor, limit }));
          assert.equal(outcome.type, "listed");
          seen.push(...outcome.page.entries.map(({ key }) => hex(key)));
          cursor = outcome.page.next;
          for (const { type, key } of turns[turn] ?? []) {
            if (type === "delete") deleted.add(hex(key));
            if (type === "delete") await settle(store.delete(B, [key]));
            else await settle(store.put(B, [{ key, value: W }]));
          }
        }
        const stayed = keys.map(hex).filter((key) => !deleted.has(key));
        for (const key of stayed) {
          const times = seen.filter((other) => other === key).length;
          assert.ok(store.traits.listingMayRepeat ? times >= 1 : times === 1, `${key}: ${times}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("a cursor that no store made is refused", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    for (const cursor of ["", "x", "-1", "1e3", "0x10", " 1", "18446744073709551616"]) {
      assert.ok(poseAsCursor(cursor));
      const refused = failsWith("STORAGE_CURSOR");
      await assert.rejects(async () => store.listKeys(B, { cursor }), refused);
      await assert.rejects(async () => store.listBuckets({ cursor }), refused);
    }
  });
}

function testLifetime(open: OpenStore): void {
  test("a disposed store refuses every operation", async () => {
    const store = await open({ clock: () => 0 });
    await store[Symbol.asyncDispose]();
    const calls: readonly (() => unknown)[] = [
      () => store.createBucket(B),
      () => store.dropBucket(B),
      () => store.get(B, K),
      () => store.put(B, [{ key: K, value: V }]),
      () => store.delete(B, [K]),
      () => store.expire(B, K, 1),
      () => store.listBuckets(),
      () => store.listKeys(B),
    ];
    for (const call of calls) {
      await assert.rejects(async () => call(), failsWith("STORAGE_NOT_OPEN"), String(call));
    }
  });

  test("a store may be disposed twice", async () => {
    const store = await open({ clock: () => 0 });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });
}

function failsWith(code: "STORAGE_CURSOR" | "STORAGE_NOT_OPEN"): (error: unknown) => boolean {
  return (error) => isStorageError(error, code);
}

/** Lets a text past the type checker, as a front door that does not look might. */
function poseAsCursor(_text: string): _text is Cursor {
  return true;
}

const B = Uint8Array.of(0x62);
const K = Uint8Array.of(0x6b);
const L = Uint8Array.of(0x6c);
const V = Uint8Array.of(1, 2, 3);
const W = Uint8Array.of(4);
