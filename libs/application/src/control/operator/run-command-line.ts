import { constants } from "node:os";
import type { ConfigurationSources } from "../../configuration/load-configuration.ts";
import { configurationReport } from "../../configuration/report.ts";
import { ApplicationError, isApplicationError } from "../../errors.ts";
import { failureText } from "../../operating-failure.ts";
import type { SystemApplication } from "../../plan.ts";
import { systemTime, type Time } from "../../time.ts";
import { declaredCommands } from "../declaration/declared-commands.ts";
import { readInvocation } from "../declaration/invocation.ts";
import type { NodeNaming } from "../node-naming.ts";
import type { OperatorHost, OutputStream } from "./host.ts";
import { NobodyReads, OperatorOutput } from "./operator-output.ts";
import { type ChosenCommand, parseCommandLine } from "./parse-command-line.ts";
import { ProgressLine } from "./progress-line.ts";
import { runChosen } from "./run-chosen.ts";

/** The command, or what stands behind it, makes no sense: `EX_USAGE` of BSD's sysexits. */
const usageCode = 64;

/** The configuration cannot be used: `EX_CONFIG`, as when a node starts. */
const badConfigurationCode = 78;

/** What an operator's program is made of. */
export interface CommandLineOptions {
  /** How it is called, for its help: `npm run kv --`. */
  readonly program: string;
  /** One sentence, for its help. */
  readonly description: string;
  /** What was typed behind it. */
  readonly words: readonly string[];
  /** What its nodes run, `control` among them: those whose commands it has. */
  readonly applications: readonly SystemApplication[];
  readonly naming: NodeNaming;
  /** Where the nodes' configuration comes from, which says how to reach them; `folder` is what `--config` says. */
  readonly configuration: (
    folder: string | undefined,
  ) => Omit<ConfigurationSources, "applications">;
  /** There is no other configuration to choose: no option `--config`. */
  readonly isConfigurationFixed?: boolean | undefined;
  /** Commands that can do without a node answer without one, after a line on standard error that says so. */
  readonly isNodeOptional?: boolean | undefined;
  readonly host: OperatorHost;
  /** Handed the failure that the command ends by, once it has been said: who runs commands for another may want to tell them apart. */
  readonly onFailure?: ((failure: unknown) => void) | undefined;
  readonly time?: Time | undefined;
}

/**
 * An operator's program: finds the command that was typed, runs it, prints what it answers, and resolves with the exit
 * code. 0 when all went well, 1 when it did not, 64 when what was typed makes no sense, 78 when the configuration cannot be
 * used, 130 and 143 after SIGINT and SIGTERM, 141 when nobody reads the output, and what a command says of its result.
 *
 * Results go to standard output, failures as one line to standard error. All of it has left the process when this
 * resolves; what is left on standard input may keep the process alive, so it is best ended then.
 */
export async function runCommandLine(options: CommandLineOptions): Promise<number> {
  const { host, applications, words } = options;
  // Control starts last, and has what is asked for most.
  const listed = applications.map(({ application }) => application).toReversed();
  const commands = declaredCommands(listed).map(({ command }) => command);
  const line = parseCommandLine({ ...options, commands }, words);
  if (line.type === "command") return await runLine(line, options);
  const stream = line.type === "help" ? host.stdout : host.stderr;
  await say(stream, line.text);
  return line.type === "help" ? 0 : usageCode;
}

async function runLine(line: ChosenCommand, options: CommandLineOptions): Promise<number> {
  const { host, time = systemTime } = options;
  const interruption = new AbortController();
  const onInterrupt = (): void => interruption.abort(new Interrupted("SIGINT"));
  const onTerminate = (): void => interruption.abort(new Interrupted("SIGTERM"));
  host.on("SIGINT", onInterrupt);
  host.on("SIGTERM", onTerminate);
  using progress = new ProgressLine(host.stderr, time, host.stderr.isTTY === true && !line.json);
  using output = new OperatorOutput(host.stdout, progress);
  const signal = AbortSignal.any([interruption.signal, output.closed]);
  try {
    const result = await runChosen(line, { ...options, time, output, progress, signal });
    await output.write(shownResult(line, result));
    return line.command.exitCode?.(result) ?? 0;
  } catch (error) {
    progress.clear();
    const failure: unknown = signal.aborted ? signal.reason : error;
    const code = await endWith(failure, line.command.name, host);
    options.onFailure?.(failure);
    return code;
  } finally {
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onTerminate);
  }
}

function shownResult(line: ChosenCommand, result: unknown): string {
  const { command, json } = line;
  if (result === undefined) return "";
  if (json) return `${JSON.stringify(result)}\n`;
  const text = command.format?.(result, readInvocation(command, line)) ?? "";
  return text === "" ? "" : `${text}\n`;
}

async function endWith(failure: unknown, command: string, host: OperatorHost): Promise<number> {
  if (failure instanceof Interrupted) return 128 + constants.signals[failure.signal];
  if (failure instanceof NobodyReads) return 128 + constants.signals.SIGPIPE;
  await say(host.stderr, `${textFor(command, failure)}\n`);
  if (isApplicationError(failure, "COMMAND_USAGE")) return usageCode;
  return isApplicationError(failure, "CONFIG_INVALID") ? badConfigurationCode : 1;
}

/** What an operator is told. He did not start anything, nor need a part of a command know how that is called. */
function textFor(command: string, failure: unknown): string {
  if (isApplicationError(failure, "CONFIG_INVALID")) {
    return configurationReport(failure.details.problems, `run "${command}"`);
  }
  if (isApplicationError(failure, "COMMAND_USAGE")) {
    return new ApplicationError("COMMAND_USAGE", { ...failure.details, command }).message;
  }
  return failureText(failure);
}

/** Resolves when the text has left the process, or nobody wants it: the process is about to end. */
async function say(stream: OutputStream, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  stream.on("error", done);
  stream.write(text, done);
  await promise;
}

/** Somebody pressed ctrl-C, or ended the program. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: "SIGINT" | "SIGTERM";

  constructor(signal: "SIGINT" | "SIGTERM") {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}
