/** What makes a node of this umbrella in development. Releases need none of this: releases.ts says what is in them. */
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type ConfigurationSources,
  createControl,
  namingOf,
  type SystemApplication,
} from "@kv/application";
import { station } from "@weather/station";
import { stationHttp } from "@weather/station-http";
import manifest from "../package.json" with { type: "json" };

const own = [station, stationHttp];

/** No application of it has a say in what the node is called. */
export const naming = namingOf(own, "weather");

const control = createControl({ applications: own, naming, version: manifest.version });

/** What a node runs, beside the logger. */
export const applications = [...own, control].map(
  (application): SystemApplication => ({ application, mode: "permanent" }),
);

/** Where its configuration comes from. */
export function configurationIn(folder = "config"): Omit<ConfigurationSources, "applications"> {
  return {
    configFile: join(folder, "config.ts"),
    runtimeFile: join(folder, "runtime.ts"),
    configEnv: process.env["KV_ENV"] ?? "dev",
    variables: process.env,
    node: { name: "weather", host: hostname() },
  };
}
