/** What `npm run release` runs: assembles a release that releases.ts names. */
import { runReleaseTool } from "@kv/release";

process.exitCode = await runReleaseTool({
  root: ".",
  program: "npm run release --",
  words: process.argv.slice(2),
  host: process,
});
