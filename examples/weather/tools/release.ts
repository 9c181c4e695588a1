/** What `npm run release` runs: assembles a release of this project. */
import { runReleaseTool } from "@kv/release";

process.exitCode = await runReleaseTool({
  root: ".",
  program: "npm run release --",
  words: process.argv.slice(2),
  host: process,
});
