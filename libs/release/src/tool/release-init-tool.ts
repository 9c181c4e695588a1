import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { failureText, isOperatingFailure } from "@kv/application";
import { initTemplates } from "../scripts/init-templates.ts";
import type { ReleaseToolOptions } from "./release-tool.ts";

/** What was typed makes no sense: `EX_USAGE` of BSD's sysexits. */
const usageCode = 64;

/**
 * `npm run release:init`: writes the templates of the scripts to `rel/`, and tells each. Resolves with the exit code: 0, 1 with
 * one message on standard error when a changed file is in the way and nobody can be asked, 64 for unknown options.
 */
export async function runReleaseInitTool(options: ReleaseToolOptions): Promise<number> {
  const { root, program, words, host } = options;
  const chosen = parseWords(words);
  if (chosen === undefined || chosen.help === true) {
    (chosen === undefined ? host.stderr : host.stdout).write(
      `Usage: ${program} [--force]\n\nWrites the templates of env.sh, env.bat, vm.args and remote.vm.args to rel/, to be edited there.\n--force overwrites those that were edited without asking.\n`,
    );
    return chosen === undefined ? usageCode : 0;
  }
  try {
    await initTemplates({
      root,
      force: chosen.force === true,
      ask: host.stdin.isTTY && host.stdout.isTTY ? (question) => ask(question, host) : undefined,
      say: (line) => host.stdout.write(`* ${line}\n`),
    });
    return 0;
  } catch (error) {
    host.stderr.write(`${isOperatingFailure(error) ? error.message : failureText(error)}\n`);
    return 1;
  }
}

function parseWords(words: readonly string[]): { force?: boolean; help?: boolean } | undefined {
  try {
    const options = { force: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args: [...words], options }).values;
  } catch {
    return undefined;
  }
}

/** Nothing but yes is yes; an end of the input is no. */
async function ask(question: string, { stdin, stdout }: NodeJS.Process): Promise<boolean> {
  const lines = createInterface({ input: stdin, output: stdout });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
  lines.close();
  return /^y(?:es)?$/iu.test(answer.trim());
}
