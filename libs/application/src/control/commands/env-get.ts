import { mask } from "../../configuration/report.ts";
import { ApplicationError } from "../../errors.ts";
import type { LiveSystem } from "../../system/live-system.ts";
import type { NodeCommand } from "../declaration/command.ts";

/** A key of an application's environment. A secret's value is masked. */
export interface EnvValue {
  readonly application: string;
  readonly key: string;
  readonly value?: unknown;
  readonly origin: string;
}

/** `env get`: one key of a running application's environment. */
export const envGetCommand: NodeCommand<undefined, EnvValue, never> = {
  name: "env get",
  summary: "A value of an application's environment, as it is now",
  arguments: [
    { name: "application", description: "for instance kv" },
    { name: "key", description: "for instance routingTable" },
  ],
  where: "node",
  run: ({ words, system }) => envValue(system, words.text("application"), words.text("key")),
  format: ({ value }) => (value === undefined ? "" : JSON.stringify(value)),
};

/** The value as it is now. Throws `COMMAND_FAILED` when there is no such key. */
export function envValue(system: LiveSystem, application: string, key: string): EnvValue {
  const entries = system.entries(application);
  const entry = entries?.get(key);
  if (entry === undefined) {
    const known = entries === undefined ? system.applications : [...entries.keys()];
    const reason = `there is no such one; there are ${known.join(", ")}`;
    const action = `get ${entries === undefined ? application : `${application}.${key}`}`;
    throw new ApplicationError("COMMAND_FAILED", { action, reason });
  }
  const { raw, origin, isSecret } = entry;
  return { application, key, value: isSecret && raw !== undefined ? mask : raw, origin };
}
