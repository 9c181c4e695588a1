import type {
  BuildConfigFunction,
  ConfigFunction,
  ConfiguredEnvironment,
  controlEnvironment,
  loggerEnvironment,
} from "@kv/application";
import type { kv } from "@kv/kv";
import type { kvServer } from "@kv/kv-server";

/** What may be said for each application of the umbrella. */
interface Applications {
  readonly control: ConfiguredEnvironment<typeof controlEnvironment>;
  readonly logger: ConfiguredEnvironment<typeof loggerEnvironment>;
  readonly kv: ConfiguredEnvironment<typeof kv.environment>;
  readonly "kv-server": ConfiguredEnvironment<typeof kvServer.environment>;
}

/** What config.ts, and the files it takes in, export as `config`. */
export type BuildConfig = BuildConfigFunction<Applications>;

/** What runtime.ts exports as `config`. */
export type RuntimeConfig = ConfigFunction<Applications>;
