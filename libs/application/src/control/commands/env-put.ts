import type { NodeCommand } from "../declaration/command.ts";
import { type EnvValue, envValue } from "./env-get.ts";

/** What `env put` answers. Secrets are masked. */
export interface EnvPut extends EnvValue {
  /** What held before; not there when it was nothing. */
  readonly before?: unknown;
}

/** `env put`: changes a key of a running application's environment, as long as the node runs. */
export const envPutCommand: NodeCommand<undefined, EnvPut, never> = {
  name: "env put",
  summary: "Sets a value of an application's environment until the node stops",
  description:
    "The value is JSON, or text where it is no JSON. It is judged as at a start, and is in force when the command returns. To keep it beyond the next start, put it into config/runtime.ts as well.",
  arguments: [
    { name: "application", description: "for instance kv" },
    { name: "key", description: "for instance routingTable" },
    { name: "value", description: "for instance a-m=foo,n-z=bar, or 100" },
  ],
  where: "node",
  level: "info",
  run: ({ words, system }) => {
    const [application, key] = [words.text("application"), words.text("key")];
    const before =
      system.entries(application)?.has(key) === true
        ? envValue(system, application, key)
        : undefined;
    system.putEnv(application, key, parseEnvValue(words.text("value")));
    return { ...envValue(system, application, key), before: before?.value };
  },
  format: ({ application, key, value, before }) =>
    `${application}.${key} is ${JSON.stringify(value)} until the node stops; it was ${JSON.stringify(before) ?? "nothing"}`,
};

/** What somebody means who types `text`: JSON where it is some, the text itself otherwise. */
export function parseEnvValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
