import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bucketNamed } from "../remote/testing/any-part.ts";
import { BucketQueues } from "./bucket-queues.ts";

const [nuts, rice] = [bucketNamed("nuts"), bucketNamed("rice")];

suite("BucketQueues", () => {
  test("does what is about one bucket one by one, also behind what fails", async () => {
    const queues = new BucketQueues();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queues.inTurn(nuts, async () => {
      await gate.promise;
      done.push("first");
      throw new Error("it failed");
    });
    const second = queues.inTurn(nuts, async () => done.push("second"));
    await queues.inTurn(rice, async () => done.push("other"));
    assert.deepEqual([queues.isBusy(nuts), queues.isBusy(rice)], [true, false]);
    gate.resolve();
    await assert.rejects(first, /it failed/u);
    await second;
    await queues.idle(nuts);
    assert.deepEqual(done, ["other", "first", "second"]);
    assert.equal(queues.isBusy(nuts), false);
  });
});
