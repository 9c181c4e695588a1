import { openLogStore } from "../../open-log-store.ts";
import { type Content, SimulatedMachine } from "../../simulation/simulated-machine.ts";
import { dump } from "../../testing/perform.ts";
import { DIRECTORY } from "./write-store.ts";

/**
 * Everything that a store shows whose directory holds these files, a line for each bucket and each key, sorted;
 * fails as opening fails.
 */
export async function stateOf(content: Content): Promise<readonly string[]> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  const options = { directory: DIRECTORY, clock, files, cacheLimitBytes: 0 };
  await using store = await openLogStore(options);
  let bucket = "";
  const lines = (await dump(store)).split("\n").map((line) => {
    if (line.startsWith(" ")) return `${bucket}/${line.slice(2)}`;
    bucket = line.slice(0, line.indexOf(" "));
    return line;
  });
  return lines.toSorted();
}

function clock(): number {
  return 1000;
}
