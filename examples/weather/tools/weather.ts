/** What `npm run weather` runs: the commands that applications declare, on the live node. */
import { runCommandLine } from "@kv/application";
import { applications, configurationIn, naming } from "./umbrella.ts";

const code = await runCommandLine({
  program: "npm run weather --",
  description: "Talks to the weather station that runs on this machine.",
  words: process.argv.slice(2),
  applications,
  naming,
  configuration: (folder) => ({ ...configurationIn(folder), knownApplications: ["logger"] }),
  host: process,
});
process.exit(code);
