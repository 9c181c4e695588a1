/** What makes a node of this umbrella, for the programs that run one or talk to one. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type ConfigurationSources,
  createControl,
  Evaluations,
  namingOf,
  OwnShell,
  type SystemApplication,
} from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";

/** Where a node's name is configured. */
export const naming = namingOf([kv, kvServer], "kv");

const named = { naming, version: version(), evaluations: new Evaluations([kv, kvServer]) };

/** The control socket. */
export const control = createControl({ applications: [kv, kvServer], ...named });

/** A shell on the node that runs in this process. */
export function ownShell(): OwnShell {
  return new OwnShell({ ...named, process });
}

/** What a node runs, beside the logger. */
export const applications: readonly SystemApplication[] = [
  { application: kv, mode: "permanent" },
  { application: kvServer, mode: "permanent" },
  { application: control, mode: "permanent" },
];

/** The same without doors for clients: the configuration of kv-server is judged, and nothing of it is started. */
export const storeOnly: readonly SystemApplication[] = applications.map(
  ({ application, mode }) => ({
    application,
    mode: application === kvServer ? "load" : mode,
  }),
);

/** Where the configuration comes from when its two files are in `folder`, for the node that is started as `name`. */
export function configurationIn(
  folder: string,
  name = "kv",
): Omit<ConfigurationSources, "applications"> {
  return {
    configFile: join(folder, "config.ts"),
    runtimeFile: join(folder, "runtime.ts"),
    configEnv: process.env["KV_ENV"] ?? "dev",
    variables: process.env,
    node: { name, host: hostname() },
  };
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"),
  );
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest ? String(manifest.version) : "unknown";
}
