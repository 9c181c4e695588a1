import type { ConfigurationSection } from "../../configuration/configuration.ts";
import { mask } from "../../configuration/report.ts";
import type { NodeCommand } from "../declaration/command.ts";
import { formatColumns } from "./format-columns.ts";

/** One key of the effective configuration. */
export interface ConfigEntry {
  readonly application: string;
  readonly key: string;
  /** As it was configured or put; a secret is masked. Not there when it is `undefined`. */
  readonly value?: unknown;
  readonly secret: boolean;
  /** `default`, a file, a variable in a file, `put`, … */
  readonly origin: string;
}

/** `config`: what the node was configured with, and who said so. */
export const configCommand: NodeCommand<undefined, readonly ConfigEntry[], never> = {
  name: "config",
  summary: "The effective configuration: each value, and where it comes from",
  where: "node",
  run: ({ system }) =>
    system.applications.flatMap((application) =>
      sectionEntries(application, system.entries(application)),
    ),
  withoutNode: ({ sections }) =>
    [...sections].flatMap(([application, section]) => sectionEntries(application, section)),
  format: (entries) => formatColumns(entries.map(configRow)),
};

function sectionEntries(
  application: string,
  section: ConfigurationSection = new Map(),
): readonly ConfigEntry[] {
  return [...section].map(([key, { raw, origin, isSecret }]) => ({
    application,
    key,
    value: isSecret && raw !== undefined ? mask : raw,
    secret: isSecret,
    origin,
  }));
}

function configRow({ application, key, value, secret, origin }: ConfigEntry): readonly string[] {
  const shown = value === undefined ? "" : secret ? mask : JSON.stringify(value);
  return [`${application}.${key}`, shown, origin];
}
