import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cursor, isStorageError } from "../src/index.ts";
import { B, V, W } from "./examples.ts";
import { hex } from "./model.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** Listings while the store changes, and cursors nobody made. */
export function testListing(open: OpenStore): void {
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
        const fields = keys.map((key) => ({ key, value: V }));
        await settle(store.put(B, fields));
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
      await assert.rejects(async () => store.listKeys(B, { cursor }), isRefusal);
      await assert.rejects(async () => store.listBuckets({ cursor }), isRefusal);
    }
  });
}

function isRefusal(error: unknown): boolean {
  return isStorageError(error, "STORAGE_CURSOR");
}

/** Lets a text past the type checker, as a front door that does not look might. */
function poseAsCursor(_text: string): _text is Cursor {
  return true;
}
