import { suite, test } from "node:test";
import fc from "fast-check";
import { expectSame } from "./expect-same.ts";
import { Model } from "./model.ts";
import type { OpenStore } from "./open-store.ts";
import { anyStep } from "./step.ts";
import { takeStep } from "./take-step.ts";
import { testBuckets } from "./test-buckets.ts";
import { testConditions } from "./test-conditions.ts";
import { testExpiry } from "./test-expiry.ts";
import { testLifetime } from "./test-lifetime.ts";
import { testListing } from "./test-listing.ts";
import { testTransientBuckets } from "./test-transient-buckets.ts";

/**
 * Registers the tests every engine must pass: the Store contract, against a model and by example.
 *
 * @param engine Name shown in test output.
 * @param sequences How many sequences of steps are drawn: fewer where each step takes long, and the engine has the whole number elsewhere.
 */
export function testStore(engine: string, open: OpenStore, sequences = 100): void {
  suite(`${engine} keeps the Store contract`, () => {
    test("a store agrees with the model after any sequence of steps", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: "max" }), async (steps) => {
          const model = new Model();
          await using store = await open({ clock: () => model.clockMs });
          for (const step of steps) await takeStep({ store, model }, step);
          await expectSame({ store, model });
        }),
        { numRuns: sequences },
      );
    });

    testBuckets(open);
    testConditions(open);
    testExpiry(open);
    testListing(open);
    testLifetime(open);
    testTransientBuckets(open);
  });
}
