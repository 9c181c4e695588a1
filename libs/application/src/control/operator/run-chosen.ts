import type { Configuration } from "../../configuration/configuration.ts";
import { loadConfiguration } from "../../configuration/load-configuration.ts";
import { ApplicationError, isApplicationError } from "../../errors.ts";
import type { Time } from "../../time.ts";
import type { NodeCommand } from "../declaration/command.ts";
import type { NodeCall, OperatorContext, StandaloneContext } from "../declaration/context.ts";
import { type Invocation, readInvocation } from "../declaration/invocation.ts";
import { type ControlEnvironment, cookieOfOperator, directoryIn } from "../environment.ts";
import { type NodeNaming, nodeNamed, nodeNameIn } from "../node-naming.ts";
import { isPrivateDirectory, socketPath } from "../socket-place.ts";
import { callNode, type NodeTarget } from "./call-node.ts";
import type { OperatorOutput } from "./operator-output.ts";
import type { ChosenCommand } from "./parse-command-line.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { CommandLineOptions } from "./run-command-line.ts";

/** What a run has beside what was typed. */
export interface RunSurroundings extends CommandLineOptions {
  readonly time: Time;
  readonly output: OperatorOutput;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Runs a command beside the operator or in the node it is for; answers with its result. */
export async function runChosen(
  line: ChosenCommand,
  surroundings: RunSurroundings,
): Promise<unknown> {
  const { command, node } = line;
  const typed = readInvocation(command, line);
  const context = standaloneContext(line, typed, surroundings);
  if (command.where === "standalone") {
    if (node === undefined) return await command.run(context);
    const reason = "it runs without a node; leave --node out";
    throw new ApplicationError("COMMAND_USAGE", { command: command.name, reason });
  }
  const configuration = await loadConfiguration({
    ...surroundings.configuration(line.config),
    applications: surroundings.applications,
  });
  try {
    const target = await findNode(line, configuration, surroundings);
    const call = callerOf(target, { line, typed, surroundings });
    return await runBeside(command, { ...context, call });
  } catch (error) {
    const { isNodeOptional = false, host } = surroundings;
    const isAnswered = isNodeOptional && isApplicationError(error, "CONTROL_NO_NODE");
    if (!isAnswered || command.withoutNode === undefined) throw error;
    const aside = `${error.details.node} does not run here: this is what its next start is given`;
    host.stderr.write(`${aside}\n`);
    return command.withoutNode(configuration);
  }
}

interface TypedCommand {
  readonly line: ChosenCommand;
  readonly typed: Invocation;
  readonly surroundings: RunSurroundings;
}

/** How the part beside the operator calls the one in the node. */
function callerOf(
  target: NodeTarget,
  { line, typed, surroundings }: TypedCommand,
): OperatorContext["call"] {
  const { output, progress, signal } = surroundings;
  const printAll = (items: readonly unknown[]): Promise<void> =>
    output.write(items.map((item) => shownItem(line, item, typed)).join(""));
  return (request: NodeCall = {}) =>
    callNode(target, {
      command: line.command.name,
      words: line.words,
      options: line.options,
      parameters: request.parameters,
      input: request.input,
      onItems: request.onItem === undefined ? printAll : onEach(request.onItem),
      onBytes: request.onBytes ?? ((bytes) => output.write(bytes)),
      onProgress: (text) => progress.show(text),
      signal,
    });
}

function runBeside(
  command: NodeCommand<never, unknown, unknown>,
  context: OperatorContext,
): Promise<unknown> {
  return command.beside === undefined ? context.call() : command.beside(context);
}

function standaloneContext(
  line: ChosenCommand,
  typed: Invocation,
  { host, output, progress, signal }: RunSurroundings,
): StandaloneContext {
  return {
    ...typed,
    print: (item) => output.write(shownItem(line, item, typed)),
    progress: (text) => progress.show(text),
    signal,
    streams: {
      input: host.stdin,
      write: (bytes) => output.write(bytes),
      writeError: (bytes) => {
        progress.clear();
        return new Promise((resolve) => {
          host.stderr.write(bytes, () => resolve());
        });
      },
    },
  };
}

function onEach(
  take: NonNullable<NodeCall["onItem"]>,
): (items: readonly unknown[]) => Promise<void> {
  return async (items) => {
    for (const item of items) await take(item);
  };
}

function shownItem({ command, json }: ChosenCommand, item: unknown, typed: Invocation): string {
  if (json) return `${JSON.stringify(item)}\n`;
  if (command.formatItem !== undefined) return `${command.formatItem(item, typed)}\n`;
  return `${typeof item === "string" ? item : JSON.stringify(item)}\n`;
}

/** The node that was named, or else the one that is configured. Throws `CONTROL_NO_NODE` and others. */
async function findNode(
  line: ChosenCommand,
  configuration: Configuration,
  { naming, time }: RunSurroundings,
): Promise<NodeTarget> {
  if (process.platform === "win32") {
    const action = `run "${line.command.name}"`;
    const reason = "there are no control sockets on Windows";
    throw new ApplicationError("COMMAND_FAILED", { action, reason });
  }
  const environment = controlEnvironmentIn(configuration);
  const node = nodeOf(line, configuration, naming);
  const identity = { uid: process.getuid?.() };
  const directory = directoryIn(environment, identity);
  const path = socketPath(directory, node);
  if (!(await isPrivateDirectory(directory, identity))) {
    throw new ApplicationError("CONTROL_NO_NODE", { node, path });
  }
  return { node, path, cookie: () => cookieOfOperator(environment, identity), time };
}

function nodeOf(line: ChosenCommand, { sections }: Configuration, naming: NodeNaming): string {
  if (line.node === undefined) {
    const getEnv = (application: string, key: string): unknown =>
      sections.get(application)?.get(key)?.raw;
    return nodeNameIn(naming, { getEnv });
  }
  const name = nodeNamed(naming, line.node);
  if (name !== undefined) return name;
  const reason = `--node takes the name of a node, such as foo or foo@host, not "${line.node}"`;
  throw new ApplicationError("COMMAND_USAGE", { command: line.command.name, reason });
}

function controlEnvironmentIn({ sections }: Configuration): ControlEnvironment {
  const section = sections.get("control");
  if (section === undefined) throw new Error("control is not among the applications");
  const values = Object.fromEntries([...section].map(([key, { value }]) => [key, value]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas of this very declaration made them
  return values as ControlEnvironment;
}
