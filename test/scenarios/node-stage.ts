import { join } from "node:path";
import { type NodeOptions, NodeProcess } from "../harness/node-process.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { emptyCluster, isReplicated } from "../harness/tier.ts";
import { writeConfig } from "../harness/write-config.ts";
import type { Stage } from "./play-case.ts";
import { ScenarioFailure } from "./play-case.ts";
import type { Scenario } from "./scenario.ts";

/** A node process for one scenario file: fresh data, the file's settings; restarted as the file says. */
export interface NodeStage extends Stage {
  /**
   * Stops the node, removes its files, and complains when it did not end in order or wrote a fatal line.
   */
  close(): Promise<void>;
}

export async function openNodeStage(
  scenario: Pick<Scenario, "file" | "env" | "settings">,
): Promise<NodeStage> {
  const directory = await makeTemporaryDirectory();
  const options: NodeOptions = {
    dataDirectory: join(directory.path, "data"),
    env: isReplicated
      ? { ...scenario.env, KV_REDIS_CLUSTER: (await emptyCluster()).join(",") }
      : scenario.env,
    configDirectory: await writeConfig(join(directory.path, "config"), scenario.settings),
  };
  let node = await NodeProcess.start(options);
  const stopInOrder = async (): Promise<void> => {
    const { code } = await node.stop();
    if (code !== 0 || node.stderr !== "") {
      throw new ScenarioFailure(
        `${scenario.file}: the node ended with code ${code} and said "${node.stderr}"`,
      );
    }
  };
  return {
    get port() {
      return node.port;
    },
    async restart() {
      await stopInOrder();
      node = await NodeProcess.start(options);
    },
    async kill() {
      await node.kill();
      node = await NodeProcess.start(options);
    },
    async close() {
      try {
        await stopInOrder();
      } finally {
        await node[Symbol.asyncDispose]();
        await directory[Symbol.asyncDispose]();
      }
    },
  };
}
