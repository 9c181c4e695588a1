import type { ConfigurationValues } from "./values.ts";

/**
 * A further source of configuration, laid over the files: a vault, a service's directory, a mounted volume.
 *
 * `init` runs once, when a release is built, and answers what `load` needs to know, as JSON can hold it; `load` runs
 * at every boot, before anything starts, and is told what the sources before it said. In development both run at
 * boot. What either throws is put in the report.
 */
export interface ConfigProvider {
  /** Named in origins: `provider NAME`. */
  readonly name: string;
  readonly init?: () => unknown;
  readonly load: (
    below: ConfigurationValues,
    initial: unknown,
  ) => ConfigurationValues | Promise<ConfigurationValues>;
}
