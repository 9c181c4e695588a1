import { constants } from "node:os";
import { inspect, parseArgs } from "node:util";
import { createLogger, evaluateAlone, loadConfiguration, shownError } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import type { ReleaseCall } from "./release-call.ts";

/** What was typed behind `eval`. */
interface Typed {
  readonly expression: string;
  readonly args: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly isPrinted: boolean;
}

const usage = "eval takes [--timeout MS] [--print] EXPRESSION [ARGUMENT...]";

/**
 * `eval`: loads the configuration, starts no application, and evaluates one expression. Resolves with 0, or what it has set as
 * `process.exitCode`; with 1 and the error on standard error when it throws. Where nobody reads what it prints the process ends with 141. Throws `CONFIG_INVALID` and `CANNOT_RUN`.
 */
export async function evalCommand({ process: host, system, words }: ReleaseCall): Promise<number> {
  const { expression, args, timeoutMs, isPrinted } = readWords(words);
  const { stdout, stderr } = host;
  endUnasked(host);
  const logger = createLogger({ channels: [], stdout, stderr });
  const configuration = await loadConfiguration({
    ...system.configuration,
    applications: [{ application: logger, mode: "load" }, ...system.applications],
  });
  const outcome = await evaluateAlone({
    expression,
    args,
    input: host.stdin,
    say: (stream, text) => (stream === "stdout" ? stdout : stderr).write(text),
    configuration,
    timeoutMs,
  });
  switch (outcome.type) {
    case "value":
      if (isPrinted) stdout.write(`${inspect(outcome.value)}\n`);
      return Number(host.exitCode ?? 0);
    case "thrown":
      stderr.write(`${shownError(outcome.error)}\n`);
      return 1;
    case "syntax":
      stderr.write(`Uncaught SyntaxError: ${outcome.message}\n`);
      return 1;
    case "timeout":
    case "aborted":
      throw cannotRun(`The expression was not done in ${timeoutMs} ms, and was stopped`);
    default:
      return outcome satisfies never;
  }
}

/** Ends the process when nobody reads what is said any more, and when code that nobody waits for throws. */
function endUnasked(host: NodeJS.Process): void {
  for (const stream of [host.stdout, host.stderr]) {
    stream.on("error", () => host.exit(128 + constants.signals.SIGPIPE));
  }
  host.on("uncaughtException", (error) => {
    host.stderr.write(`${shownError(error)}\n`);
    host.exit(1);
  });
}

/** Options stand before the expression: whatever is behind it is data. */
function readWords(words: readonly string[]): Typed {
  const at = words.findIndex(
    (word, index) => !word.startsWith("--") && words[index - 1] !== "--timeout",
  );
  const expression = words[at];
  if (expression === undefined) throw cannotRun(usage);
  const options = { timeout: { type: "string" }, print: { type: "boolean" } } as const;
  let values: { readonly timeout?: string; readonly print?: boolean };
  try {
    ({ values } = parseArgs({ args: words.slice(0, at), options }));
  } catch (error) {
    throw cannotRun(usage, error);
  }
  const timeoutMs = values.timeout === undefined ? undefined : Number(values.timeout);
  if (timeoutMs !== undefined && !(Number.isSafeInteger(timeoutMs) && timeoutMs > 0)) {
    throw cannotRun(`${usage}; "${values.timeout}" is no number of milliseconds`);
  }
  return { expression, args: words.slice(at + 1), timeoutMs, isPrinted: values.print === true };
}
