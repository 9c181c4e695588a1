import { type NodeOptions, NodeProcess } from "../harness/node-process.ts";
import type { Victim } from "./kill-nine.ts";

/** Starts a real node as a victim; the process is gone when `kill` has resolved. */
export async function startVictim(options: NodeOptions): Promise<Victim> {
  const node = await NodeProcess.start(options);
  return {
    port: node.port,
    async kill() {
      const { code, signal } = await node.kill();
      if (signal !== "SIGKILL") {
        throw new Error(`The node ended by itself, with code ${code}\n${node.stderr}`);
      }
    },
  };
}

/** Starts a node once and stops it in order, so that the compiled code is kept: a killed process keeps none. */
export async function warmUp(options: NodeOptions): Promise<void> {
  await using node = await NodeProcess.start(options);
  await node.stop();
}
