/** What `npm run kv` runs: the operator's commands, most of them on a live node. */
import { runCommandLine } from "@kv/application";
import { applications, configurationIn, naming } from "./umbrella.ts";

process.exitCode = await runCommandLine({
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
