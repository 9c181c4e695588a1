import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type NodeStage, openNodeStage } from "./node-stage.ts";
import { parseScenario } from "./parse-scenario.ts";
import { playCase } from "./play-case.ts";

const here = import.meta.dirname;

for (const file of globSync("*.txt", { cwd: here }).toSorted()) {
  const scenario = parseScenario(file, readFileSync(join(here, file), "utf8"));
  suite(file, () => {
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
