import type {
  BuildConfigFunction,
  ConfigFunction,
  ConfiguredEnvironment,
  controlEnvironment,
  loggerEnvironment,
} from "@kv/application";
import type { station } from "@weather/station";
import type { stationHttp } from "@weather/station-http";

/** What may be said for each application of the umbrella. */
interface Applications {
  readonly control: ConfiguredEnvironment<typeof controlEnvironment>;
  readonly logger: ConfiguredEnvironment<typeof loggerEnvironment>;
  readonly station: ConfiguredEnvironment<typeof station.environment>;
  readonly "station-http": ConfiguredEnvironment<typeof stationHttp.environment>;
}

/** What config.ts exports as `config`. */
export type BuildConfig = BuildConfigFunction<Applications>;

/** What runtime.ts exports as `config`. */
export type RuntimeConfig = ConfigFunction<Applications>;
