import { constants } from "node:os";
import { parseArgs } from "node:util";
import { failureText, isOperatingFailure } from "@kv/application";
import { initTemplates } from "../scripts/init-templates.ts";
import { confirm } from "./confirm.ts";
import type { ReleaseToolOptions } from "./release-tool.ts";

/** What was typed makes no sense: `EX_USAGE` of BSD's sysexits. */
const usageCode = 64;

/**
 * `npm run release:init`: writes the templates of the scripts to `rel/`, and tells each. Resolves with the exit code: 0, 1 with
 * one message on standard error when a changed file is in the way and nobody can be asked, 64 for unknown options, 130
 * after ctrl-C at a question.
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
  const interruption = new AbortController();
  try {
    await initTemplates({
      root,
      force: chosen.force === true,
      ask:
        host.stdin.isTTY && host.stdout.isTTY
          ? (question) => confirm(question, host, interruption)
          : undefined,
      say: (line) => host.stdout.write(`* ${line}\n`),
    });
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return 128 + constants.signals.SIGINT;
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
