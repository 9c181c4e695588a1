import type { ConfigFunction, ConfiguredEnvironment, logger } from "@kv/application";
import type { kv } from "@kv/kv";
import type { kvServer } from "@kv/kv-server";

/** What a configuration file exports as `config`: what it says for each application of the umbrella. */
export type ConfigFile = ConfigFunction<{
  readonly logger?: ConfiguredEnvironment<typeof logger.environment>;
  readonly kv?: ConfiguredEnvironment<typeof kv.environment>;
  readonly "kv-server"?: ConfiguredEnvironment<typeof kvServer.environment>;
}>;
