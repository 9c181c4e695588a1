import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../src/index.ts";
import { B, K, V } from "./examples.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** What is left of a store after its disposal. */
export function testLifetime(open: OpenStore): void {
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
      await assert.rejects(
        async () => call(),
        (error) => isStorageError(error, "STORAGE_NOT_OPEN"),
        String(call),
      );
    }
  });

  test("a key or name longer than 1 MiB is refused, and nothing is kept of it", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const long = new Uint8Array(2 ** 20 + 1);
    const fields = [K, long].map((key) => ({ key, value: V }));
    await assert.rejects(async () => store.put(B, fields), RangeError);
    await assert.rejects(async () => store.createBucket(long), RangeError);
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    const longest = long.subarray(1);
    await settle(store.put(B, [{ key: longest, value: V }]));
    assert.equal((await settle(store.get(B, longest))).type, "found");
  });

  test("a store may be disposed twice", async () => {
    const store = await open({ clock: () => 0 });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });
}
