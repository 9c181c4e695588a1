import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseSeed } from "../harness/random.ts";
import { faultNames } from "./cluster/faults.ts";
import { runCluster } from "./cluster/run-cluster.ts";
import { reportText } from "./cluster/torture-cluster.ts";

const tags = ["distributed"];

/** Without tables for all nodes, a condition on a revision that does not hold says something of the value. */
const withoutApply = faultNames.filter((name) => name !== "apply");

const cases = [
  { names: ["foo", "bar"], faults: withoutApply },
  { names: ["foo", "bar", "baz"], faults: faultNames },
] as const;

suite("ten clients of several nodes", { tags }, () => {
  for (const { names, faults } of cases) {
    const title = `see each key of ${names.length} nodes as one, while these fail and change their tables`;
    test(title, async (context) => {
      const seed = chooseSeed();
      const replay = `KV_TEST_SEED=${seed} npm test -- test/linearizability/agreement.test.ts`;
      const report = await runCluster({
        seed,
        names,
        faults,
        rounds: 2,
        callTimeoutMs: 500,
        replay,
      });
      context.diagnostic(`seed ${seed}: ${reportText(report)}`);
      if (faults.some((name) => name === "apply")) assert.ok(report.applied > 0);
      assert.ok(report.operations > 500 && report.faults > 2, reportText(report));
    });
  }
});
