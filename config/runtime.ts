// Read at every start, in a release too: an edit here takes effect at the next one. This file is the only
// place where the variables of the operating system are read. docs/configuration.md lists all keys.

import type { RuntimeConfig } from "./config-file.ts";

export const config: RuntimeConfig = ({ env, configEnv, node }) => ({
  control: {
    directory: below(env.string("XDG_RUNTIME_DIR"), "kv"),
    cookie: env.string("RELEASE_COOKIE"),
  },
  kv: {
    node: env.string("KV_NODE") ?? node.name,
    dataDir: env.string("KV_DATA_DIR"),
    // In development and tests a node alone stores every bucket.
    routingTable:
      env.string("KV_ROUTING_TABLE") ??
      (configEnv === "prod" ? [] : [{ from: 0, to: 255, node: "self" }]),
  },
  "kv-server": {
    host: env.string("KV_HOST"),
    port: env.integer("PORT", { min: 0, max: 65_535 }),
    // A number, "next" for the one after PORT, or "off".
    respPort: env.string("RESP_PORT"),
  },
});

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : `${folder}/${name}`;
}
