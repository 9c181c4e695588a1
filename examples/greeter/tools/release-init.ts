/** What `npm run release:init` runs: writes the templates of a release's scripts to rel/. */
import { runReleaseInitTool } from "@kv/release";

process.exitCode = await runReleaseInitTool({
  root: ".",
  program: "npm run release:init --",
  words: process.argv.slice(2),
  host: process,
});
