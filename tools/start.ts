/** What `npm start` runs: a node of the umbrella, configured by config/, until a signal stops it. */
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { logger, runSystem } from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";

const USAGE = `Usage: npm start [-- --config DIR]

Starts a KV node and serves until ctrl-C.

  --config DIR  folder with config.ts and runtime.ts (config)
  --help        this text

Variables: PORT (4040), KV_HOST (127.0.0.1), KV_DATA_DIR (data), KV_NODE (kv), KV_ROUTING_TABLE,
KV_ENV (dev). docs/configuration.md has the rest.
`;

const { values } = parseArgs({
  options: { config: { type: "string", default: "config" }, help: { type: "boolean" } },
});
