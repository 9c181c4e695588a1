import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { Clock, Revision, Store } from "../src/index.ts";
import { B, K, L as GONE, V, W } from "./examples.ts";
import { expectSame } from "./expect-same.ts";
import { hex, Model } from "./model.ts";
import { settle } from "./settle.ts";
import { anyStep } from "./step.ts";
import { takeStep } from "./take-step.ts";

/** Somewhere to keep one store: a directory, a database. Disposing it removes what is there. */
export interface Place extends AsyncDisposable {
  /** Opens the store that is kept here, empty the first time. */
  readonly open: (options: { readonly clock: Clock }) => Promise<Store>;
}

/**
 * Registers what an engine whose traits say `durable` must pass besides `testStore`: everything is
 * there again after it was closed and opened.
 *
 * @param engine Name shown in test output.
 * @param findPlace Makes a fresh, empty place each time it is called.
 */
export function testDurableStore(engine: string, findPlace: () => Promise<Place>): void {
  suite(`${engine} keeps what it was given`, () => {
    test("what is given a time already over stays away under a clock that was set back", async () => {
      await using place = await findPlace();
      const late = { clock: () => 1_000 };
      const early = { clock: () => 0 };
      const keys = [0, 1, 2, 3].map((number) => Uint8Array.of(number));
      const [standing = K, overwritten = K, fresh = K, expired = K] = keys;
      {
        await using store = await place.open(late);
        await settle(store.createBucket(B));
        await settle(store.createBucket(GONE));
        const old = [standing, overwritten, expired].map((key) => ({ key, value: V }));
        await settle(store.put(B, old));
        await settle(store.put(GONE, old));
        await settle(store.expire(B, expired, 999));
        await settle(store.expire(GONE, undefined, 1_000));
        await settle(store.put(B, [{ key: fresh, value: W, expiresAtMs: 999 }]));
        const fields = [
          { key: overwritten, value: W },
          { key: overwritten, value: W, expiresAtMs: 1_000 },
          { key: standing, value: V, expiresAtMs: 1 },
          { key: standing, value: W },
        ];
        const stored = await settle(store.put(B, fields));
        const found = await settle(store.get(B, standing));
        assert.ok(stored.type === "stored" && found.type === "found");
        assert.equal(found.revision, stored.revision);
      }
      await using store = await place.open(early);
      assert.deepEqual(await settle(store.get(GONE, standing)), { type: "no-bucket" });
      const found = await Promise.all(keys.map((key) => settle(store.get(B, key))));
      const types = found.map(({ type }) => type);
      assert.deepEqual(types, ["found", "missing", "missing", "missing"]);
    });

    test("raiseRevision() holds after it was opened again", async () => {
      await using place = await findPlace();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one of another store
      const foreign = 1_000_000 as Revision;
      {
        await using store = await place.open({ clock: () => 0 });
        store.raiseRevision(foreign);
        const { revision } = await settle(store.createBucket(B));
        if (typeof revision !== "number") return;
      }
      await using store = await place.open({ clock: () => 0 });
      const stored = await settle(store.put(B, [{ key: K, value: V }]));
      assert.ok(stored.type === "stored" && stored.revision > foreign);
    });

    test("a transient bucket is one after it was opened again, and what went with its last key stays away", async () => {
      await using place = await findPlace();
      const [lasting, lapsing, deleted, kept] = [B, K, V, W];
      const creating = { createsBucket: true };
      let nowMs = 0;
      const clock = (): number => nowMs;
      {
        await using store = await place.open({ clock });
        for (const bucket of [lasting, deleted, kept]) {
          await settle(store.put(bucket, [{ key: K, value: V }], creating));
        }
        await settle(store.put(lapsing, [{ key: K, value: V, expiresAtMs: 10 }], creating));
        await settle(store.delete(deleted, [K]));
        await settle(store.createBucket(kept));
        nowMs = 10;
        // Made anew under the name: the old keys must not come back with it, whatever the clock says then.
        await settle(store.put(lapsing, [{ key: GONE, value: V }], creating));
      }
      nowMs = 0;
      {
        await using store = await place.open({ clock });
        assert.deepEqual(await settle(store.get(deleted, K)), { type: "no-bucket" });
        assert.deepEqual(await settle(store.get(lapsing, K)), { type: "missing" });
        for (const bucket of [lasting, kept]) await settle(store.delete(bucket, [K]));
        await settle(store.delete(lapsing, [GONE]));
      }
      await using store = await place.open({ clock });
      const listed = (await settle(store.listBuckets())).page.entries;
      assert.deepEqual(
        listed.map(({ bucket, lifetime }) => [hex(bucket), lifetime]),
        [[hex(kept), "kept"]],
      );
    });

    test("a store opened again agrees with the model, and goes on from there", async () => {
      const lives = fc.array(fc.array(anyStep, { maxLength: 40, size: "max" }), {
        minLength: 2,
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(lives, async (allSteps) => {
          await using place = await findPlace();
          const model = new Model();
          for (const steps of allSteps) {
            model.correctClock();
            await using store = await place.open({ clock: () => model.clockMs });
            await expectSame({ store, model });
            for (const step of steps) await takeStep({ store, model }, step);
          }
          model.correctClock();
          await using store = await place.open({ clock: () => model.clockMs });
          await expectSame({ store, model });
        }),
        { numRuns: 50 },
      );
    });
  });
}
