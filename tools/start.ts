/** What `npm start` runs: a node of the umbrella, configured by config/, until a signal stops it. */
import { parseArgs } from "node:util";
import { runSystem } from "@kv/application";
import { applications, channels, configurationIn } from "./umbrella.ts";

const USAGE = `Usage: npm start [-- --config DIR]

Starts a KV node that serves until ctrl-C.

  --config DIR  folder that holds config.ts and runtime.ts; config by default
  --help        prints this text

Variables: PORT, RESP_PORT, KV_HOST, KV_DATA_DIR, KV_NODE, KV_ROUTING_TABLE, RELEASE_COOKIE, XDG_RUNTIME_DIR, and KV_ENV
(dev by default, test or prod).
docs/configuration.md says what they mean, and what else can be configured.
`;

const folder = parseFolder();
if (folder !== undefined) {
  await runSystem({ applications, configuration: configurationIn(folder), channels, process });
}

/** The folder with the configuration; `undefined` when there is nothing to start. */
function parseFolder(): string | undefined {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string", default: "config" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values.config;
    process.stdout.write(USAGE);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 64;
  }
  return undefined;
}
