import { ApplicationError } from "../../errors.ts";
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
    const text = words.text("value");
    if (text.includes("\u{FFFD}")) throw distorted();
    const before =
      system.entries(application)?.has(key) === true
        ? envValue(system, application, key)
        : undefined;
    system.putEnv(application, key, parseEnvValue(text));
    return { ...envValue(system, application, key), before: before?.value };
  },
  format: ({ application, key, value, before }) =>
    `${application}.${key} is ${JSON.stringify(value)} until the node stops; it was ${JSON.stringify(before) ?? "nothing"}`,
};

/** Node decodes what is typed as UTF-8: other bytes have become U+FFFD by then, and cannot be told from it. */
function distorted(): ApplicationError {
  const reason =
    "the argument value is no UTF-8, or has the character U+FFFD in it; write that as JSON, \\ufffd";
  return new ApplicationError("COMMAND_USAGE", { command: "env put", reason });
}

/** What somebody means who types `text`: JSON where it is some, the text itself otherwise. */
export function parseEnvValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
