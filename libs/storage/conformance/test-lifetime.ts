import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../src/index.ts";
import { B, K, V } from "./examples.ts";
import type { OpenStore } from "./open-store.ts";

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

  test("a store may be disposed twice", async () => {
    const store = await open({ clock: () => 0 });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });
}
