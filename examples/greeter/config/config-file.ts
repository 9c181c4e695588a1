import type {
  BuildConfigFunction,
  ConfigFunction,
  ConfiguredEnvironment,
  controlEnvironment,
  loggerEnvironment,
} from "@kv/application";
import type { greeter } from "../src/application.ts";

/** What may be said. */
interface Applications {
  readonly control: ConfiguredEnvironment<typeof controlEnvironment>;
  readonly logger: ConfiguredEnvironment<typeof loggerEnvironment>;
  readonly greeter: ConfiguredEnvironment<typeof greeter.environment>;
}

/** What config.ts exports as `config`. */
export type BuildConfig = BuildConfigFunction<Applications>;

/** What runtime.ts exports as `config`. */
export type RuntimeConfig = ConfigFunction<Applications>;
