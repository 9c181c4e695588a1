/** A key's value, validated, with where it came from. */
export interface ConfigurationEntry {
  /** As it was configured; the declared default when nobody configured it. */
  readonly raw: unknown;
  /** What the application works with: `raw` as its schema made it. */
  readonly value: unknown;
  /** `default`, `config/config.ts`, `PORT in config/runtime.ts`, `provider NAME`, `put`. */
  readonly origin: string;
  /** Neither `raw` nor `value` may be shown to anybody. */
  readonly isSecret: boolean;
}

/** The entries of one application, by key, in the order of their declaration. */
export type ConfigurationSection = ReadonlyMap<string, ConfigurationEntry>;

/** A validated configuration: a section for every application of the system, whether it is started or only loaded. */
export interface Configuration {
  readonly sections: ReadonlyMap<string, ConfigurationSection>;
}
