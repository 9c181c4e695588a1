/** What `npm start`, `npm run foo`, `npm run bar` and `npm run shell` run: a node of the umbrella, configured by config/, until a signal stops it. */
import { parseArgs } from "node:util";
import { runSystem } from "@kv/application";
import { applications, configurationIn, ownShell, storeOnly } from "./umbrella.ts";

const USAGE = `Usage: npm start [-- OPTIONS]
       npm run shell [-- OPTIONS]

Starts a KV node that serves until ctrl-C; npm run shell, with a shell on it: until that is left, by ctrl-D.

  --config DIR  folder that holds config.ts and runtime.ts; config by default
  --name NAME   what the node is called unless KV_NODE says otherwise; kv by default
  --sname NAME  the same, for those who know it from iex
  --store-only  without doors for clients: other nodes ask it
  --shell       with a shell on the node; without a terminal, for the lines of the input
  --help        prints this text

Variables: PORT, RESP_PORT, KV_HOST, KV_DATA_DIR, KV_NODE, KV_ROUTING_TABLE, RELEASE_COOKIE, XDG_RUNTIME_DIR, and KV_ENV
(dev by default, test or prod).
docs/configuration.md says what they mean, and what else can be configured.
`;

const start = parseStart();
if (start !== undefined) {
  const shell = start.shell ? ownShell() : undefined;
  await runSystem({
    applications: start["store-only"] ? storeOnly : applications,
    configuration: configurationIn(start.config, start.sname ?? start.name),
    process: shell?.host ?? process,
    shell: shell && ((system, signal) => shell.run(system, signal)),
  });
}

interface Start {
  /** The folder with the configuration. */
  readonly config: string;
  readonly name: string;
  readonly sname?: string | undefined;
  readonly "store-only": boolean;
  readonly shell: boolean;
}

/** What was typed; `undefined` when there is nothing to start. */
function parseStart(): Start | undefined {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string", default: "config" },
        name: { type: "string", default: "kv" },
        sname: { type: "string" },
        "store-only": { type: "boolean", default: false },
        shell: { type: "boolean", default: false },
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
