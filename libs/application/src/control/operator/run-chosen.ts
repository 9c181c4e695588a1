import type { Configuration } from "../../configuration/configuration.ts";
import { loadConfiguration } from "../../configuration/load-configuration.ts";
import { ApplicationError } from "../../errors.ts";
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
  if (process.platform === "win32") {
    const reason = "there are no control sockets on Windows";
    throw new ApplicationError("COMMAND_FAILED", { action: `run "${command.name}"`, reason });
  }
  const target = await findNode(line, surroundings);
  const printAll = (items: readonly unknown[]): Promise<void> =>
    surroundings.output.write(items.map((item) => shownItem(line, item, typed)).join(""));
  const call = (request: NodeCall = {}): Promise<unknown> =>
    callNode(target, {
      command: command.name,
      words: line.words,
      options: line.options,
      parameters: request.parameters,
      input: request.input,
      onItems: request.onItem === undefined ? printAll : onEach(request.onItem),
      onBytes: request.onBytes ?? ((bytes) => surroundings.output.write(bytes)),
      onProgress: (text) => context.progress(text),
      signal: surroundings.signal,
    });
  return await runBeside(command, { ...context, call });
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
    streams: { input: host.stdin, write: (bytes) => output.write(bytes) },
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

/** The node that was named, or else the one that is configured. Throws `CONFIG_INVALID`, `CONTROL_NO_NODE` and others. */
async function findNode(
  line: ChosenCommand,
  { applications, configuration: sources, naming, time }: RunSurroundings,
): Promise<NodeTarget> {
  const configuration = await loadConfiguration({ ...sources(line.config), applications });
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
