import { suite, test } from "node:test";
import fc from "fast-check";
import type { Clock, Store } from "../src/index.ts";
import { expectSame } from "./expect-same.ts";
import { Model } from "./model.ts";
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
            await using store = await place.open({ clock: () => model.nowMs });
            await expectSame({ store, model });
            for (const step of steps) await takeStep({ store, model }, step);
          }
          await using store = await place.open({ clock: () => model.nowMs });
          await expectSame({ store, model });
        }),
        { numRuns: 50 },
      );
    });
  });
}
