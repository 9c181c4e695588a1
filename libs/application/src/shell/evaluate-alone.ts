import type { Configuration } from "../configuration/configuration.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { Evaluator } from "../evaluate/evaluator.ts";
import type { SayWhat } from "../evaluate/sandbox.ts";
import { callEntries } from "./call-entries.ts";
import { helpOn } from "./shell-help.ts";
import type { ShellEntries } from "./shell-entry.ts";

/** An expression, and what it is given. */
export interface LoneExpression {
  readonly expression: string;
  /** Data for it. */
  readonly args: readonly string[];
  readonly input: AsyncIterable<Uint8Array>;
  readonly say: SayWhat;
  /** What `env.get` reads: nothing that it says is started. */
  readonly configuration: Configuration;
  /** It may take as long as it likes by default; in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** No timer of Node's is longer, in milliseconds. */
const longestMs = 2 ** 31 - 1;

/**
 * Evaluates an expression in this process, where no application runs, with top-level `await`. It finds `args`, `stdin`, `env.get`,
 * `load` and `help`.
 */
export async function evaluateAlone(given: LoneExpression): Promise<Evaluation> {
  const { expression, args, input, say, timeoutMs = longestMs } = given;
  await using evaluator = new Evaluator();
  const entries: ShellEntries = { ...ownEntries(given.configuration), ...callEntries(args, input) };
  const help = (name?: string): void => say("stdout", `${helpOn(entries, name)}\n`);
  const scope = Object.fromEntries(
    Object.entries(entries).map(([name, { value }]) => [name, value]),
  );
  using session = evaluator.open({ scope: { ...scope, help }, say });
  return await session.evaluate(expression, { timeoutMs });
}

function ownEntries({ sections }: Configuration): ShellEntries {
  const get = (application: string, key: string): unknown =>
    sections.get(application)?.get(key)?.value;
  return {
    env: { value: { get }, doc: 'Reads the configuration: env.get("kv", "dataDir").' },
    load: {
      value: (specifier: string): Promise<unknown> => import(specifier),
      doc: 'Loads a module, in the place of import(): const fs = await load("node:fs").',
    },
  };
}
