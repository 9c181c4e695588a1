/** What `npm run kv` runs: the operator's commands, most of them on a live node. */
import { runCommandLine } from "@kv/application";
import { applications, configurationIn, naming } from "./umbrella.ts";

const code = await runCommandLine({
  program: "npm run kv --",
  description: "Looks after a KV node that runs on this machine.",
  words: process.argv.slice(2),
  applications,
  naming,
  // Only a node that runs has a logger.
  configuration: (folder = "config") => ({
    ...configurationIn(folder),
    knownApplications: ["logger"],
  }),
  host: process,
});
// Whoever was to type an import's lines may not have finished, and nobody waits for it any more.
process.exit(code);
