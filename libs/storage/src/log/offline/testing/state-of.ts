import { openLogStore } from "../../open-log-store.ts";
import { type Content, SimulatedMachine } from "../../simulation/simulated-machine.ts";
import { dump } from "../../testing/perform.ts";
import { DIRECTORY } from "./write-store.ts";

/** Everything that a store shows whose directory holds these files, line by line; fails as opening fails. */
export async function stateOf(content: Content): Promise<string> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  const clock = (): number => 1000;
  await using store = await openLogStore({ directory: DIRECTORY, clock, files });
  return await dump(store);
}
