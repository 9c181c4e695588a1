import { type NodeOptions, NodeProcess } from "../harness/node-process.ts";
import type { Random } from "../harness/random.ts";
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

/**
 * What may happen between a kill and the next proper start: now and then one that is killed as soon as it has put its
 * log in order, or one that is stopped in order, so that its log is sealed.
 */
export async function disturb(options: NodeOptions, random: Random): Promise<void> {
  const draw = random.integer(1, 100);
  if (draw > 15) return;
  await using node = NodeProcess.spawn(options);
  await node.logged(/"type":"opened"/u);
  if (draw > 5) await node.kill();
  else await node.stop();
}
