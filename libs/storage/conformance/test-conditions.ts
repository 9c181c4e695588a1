import assert from "node:assert/strict";
import { test } from "node:test";
import { B, K, L, V, W } from "./examples.ts";
import { hex } from "./model.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** Conditional writes, by example. */
export function testConditions(open: OpenStore): void {
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
