import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { isReplicated } from "../harness/tier.ts";
import { type NodeStage, openNodeStage } from "./node-stage.ts";
import { parseScenario } from "./parse-scenario.ts";
import { playCase } from "./play-case.ts";

const here = import.meta.dirname;

/** What is about nodes that store by themselves. */
const OF_ROUTING = new Set(["empty-routing-table.txt", "routing-table-as-data.txt", "routing.txt"]);

for (const file of globSync("*.txt", { cwd: here }).toSorted()) {
  const scenario = parseScenario(file, readFileSync(join(here, file), "utf8"));
  const skip = isReplicated && OF_ROUTING.has(file) && "in a cluster nothing is routed";
  suite(file, { skip }, () => {
    let stage: NodeStage;
    before(async () => {
      stage = await openNodeStage(scenario);
    });
    after(() => stage?.close());
    for (const scene of scenario.cases) {
      test(scene.title, () => playCase(stage, file, scene));
    }
  });
}
