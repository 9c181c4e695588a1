import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseSeed } from "../harness/random.ts";
import { faultNames } from "./cluster/faults.ts";
import { runCluster } from "./cluster/run-cluster.ts";
import { reportText } from "./cluster/torture-cluster.ts";

const tags = ["distributed"];

suite("ten clients of several nodes", { tags }, () => {
  for (const names of [
    ["foo", "bar"],
    ["foo", "bar", "baz"],
  ]) {
    test(`see each key of ${names.length} nodes as one, while these fail and change their tables`, async (context) => {
      const seed = chooseSeed();
      const replay = `KV_TEST_SEED=${seed} npm test -- test/linearizability/agreement.test.ts`;
      const report = await runCluster({
        seed,
        names,
        faults: faultNames,
        rounds: 3,
        callTimeoutMs: 500,
        replay,
      });
      context.diagnostic(`seed ${seed}: ${reportText(report)}`);
      assert.ok(report.operations > 500, JSON.stringify(report));
    });
  }
});
