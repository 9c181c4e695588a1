/** What `npm start`, `npm run foo` and `npm run bar` run: a node of the umbrella, configured by config/, until a signal stops it. */
import { parseArgs } from "node:util";
import { runSystem } from "@kv/application";
import { applications, configurationIn, storeOnly } from "./umbrella.ts";

const USAGE = `Usage: npm start [-- --config DIR]

Starts a KV node that serves until ctrl-C.

  --config DIR  folder that holds config.ts and runtime.ts; config by default
  --name NAME   what the node is called unless KV_NODE says otherwise; kv by default
  --store-only  without doors for clients: other nodes ask it
  --help        prints this text

Variables: PORT, RESP_PORT, KV_HOST, KV_DATA_DIR, KV_NODE, KV_ROUTING_TABLE, RELEASE_COOKIE, XDG_RUNTIME_DIR, and KV_ENV
(dev by default, test or prod).
docs/configuration.md says what they mean, and what else can be configured.
`;

const start = parseStart();
if (start !== undefined) {
  await runSystem({
    applications: start["store-only"] ? storeOnly : applications,
    configuration: configurationIn(start.config, start.name),
    process,
  });
}

interface Start {
  /** The folder with the configuration. */
  readonly config: string;
  readonly name: string;
  readonly "store-only": boolean;
}

/** What was typed; `undefined` when there is nothing to start. */
function parseStart(): Start | undefined {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string", default: "config" },
        name: { type: "string", default: "kv" },
        "store-only": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values;
    process.stdout.write(USAGE);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 64;
  }
  return undefined;
}
