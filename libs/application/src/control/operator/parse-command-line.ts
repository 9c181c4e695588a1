import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { closest } from "../../configuration/spelling.ts";
import type { AnyCommand, ArgumentDeclaration, OptionDeclaration } from "../declaration/command.ts";
import { markData } from "./mark-data.ts";
import type { OptionValue, WrittenInvocation } from "../declaration/invocation.ts";

/** A command, and what was typed with it. */
export interface ChosenCommand extends WrittenInvocation {
  readonly type: "command";
  readonly command: AnyCommand;
  readonly json: boolean;
  /** As typed behind `--node`. */
  readonly node: string | undefined;
  /** As typed behind `--config`. */
  readonly config: string | undefined;
}

/** What somebody typed. */
export type CommandLine =
  | ChosenCommand
  | { readonly type: "help"; readonly text: string }
  | { readonly type: "usage"; readonly text: string };

/** How a program of commands is called, and which it has. */
export interface ProgramFace {
  /** `npm run kv --` */
  readonly program: string;
  readonly description: string;
  readonly commands: readonly AnyCommand[];
  readonly isConfigurationFixed?: boolean | undefined;
}

/** Finds out which command was typed, by commander; writes nothing and ends nothing. */
export function parseCommandLine(face: ProgramFace, words: readonly string[]): CommandLine {
  const printed: string[] = [];
  let chosen: ChosenCommand | undefined;
  const program = createProgram(face, printed);
  for (const command of face.commands) {
    const node = addCommand(program, command);
    node.action(() => {
      const { json, node: name, config } = program.opts<GlobalOptions>();
      const options = node.opts<Record<string, OptionValue>>();
      const written = { words: node.args, options: byDeclaredName(command, options) };
      chosen = { type: "command", command, json: json === true, node: name, config, ...written };
    });
  }
  try {
    const [first, ...rest] = words;
    const marked = first === "help" ? [...rest, "--help"] : markData(words, face.commands);
    program.parse(marked, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: "help", text: printed.join("") };
    if (error.code === "commander.help") return { type: "usage", text: printed.join("") };
    return { type: "usage", text: usageText(error, face, words) };
  }
  if (chosen === undefined) throw new Error("commander has neither chosen a command nor thrown");
  return chosen;
}

interface GlobalOptions {
  readonly json?: boolean;
  readonly node?: string;
  readonly config?: string;
}

function createProgram(
  { program: name, description, isConfigurationFixed = false }: ProgramFace,
  printed: string[],
): Command {
  const print = (text: string): void => void printed.push(text);
  const program = new Command(name)
    .description(description)
    .usage("COMMAND [argument …]")
    .option("--json", "print results as JSON, one a line")
    .option("--node <name>", "the node to talk to; by default the one that is configured")
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .exitOverride();
  if (isConfigurationFixed) return program;
  const folder = "the folder with config.ts and runtime.ts; config by default";
  return program.option("--config <folder>", folder);
}

/** Where in `program` the command has its place: below a group when its name has two words. */
function addCommand(program: Command, command: AnyCommand): Command {
  const [first = "", second] = command.name.split(" ", 2);
  const parent = second === undefined ? program : groupOf(program, first);
  if (second !== undefined) parent.summary(membersOf(parent, second));
  const added = parent
    .command(second ?? first)
    .summary(command.summary)
    .description([`${command.summary}.`, command.description].filter(Boolean).join("\n\n"));
  for (const argument of command.arguments ?? []) {
    added.argument(argumentPattern(argument), argument.description);
  }
  for (const option of command.options ?? []) added.addOption(commanderOption(option));
  if (second === undefined) {
    added.helpGroup(command.where === "node" ? "On a live node:" : "Without a node:");
  }
  return added;
}

/** What the help says of a group: its commands, `name` among them. */
function membersOf(group: Command, name: string): string {
  return `Commands: ${[...group.commands.map((each) => each.name()), name].join(", ")}`;
}

function groupOf(program: Command, name: string): Command {
  const found = program.commands.find((each) => each.name() === name);
  if (found !== undefined) return found;
  const group = program.command(name).usage("COMMAND [argument …]");
  return group.helpCommand(false).helpGroup("On a live node:");
}

function argumentPattern({ name, optional, variadic }: ArgumentDeclaration): string {
  const pattern = variadic === true ? `${name}...` : name;
  return optional === true ? `[${pattern}]` : `<${pattern}>`;
}

function commanderOption({ name, type, description, default: value }: OptionDeclaration): Option {
  const flags =
    type === "boolean" ? `--${name}` : `--${name} <${type === "integer" ? "n" : "text"}>`;
  const shown = value === undefined ? description : `${description}; ${value} by default`;
  const option = new Option(flags, shown);
  return type === "integer" ? option.argParser(parseWhole) : option;
}

function parseWhole(text: string): number {
  const value = /^[+-]?\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** Commander makes `dryRun` of `--dry-run`. */
function byDeclaredName(
  { options = [] }: AnyCommand,
  values: Readonly<Record<string, OptionValue>>,
): Readonly<Record<string, OptionValue>> {
  return Object.fromEntries(
    options.flatMap((declared) => {
      const value = values[commanderOption(declared).attributeName()];
      return value === undefined ? [] : [[declared.name, value] as const];
    }),
  );
}

function usageText(
  { code, message }: CommanderError,
  { program, commands }: ProgramFace,
  words: readonly string[],
): string {
  const names = commands.map(({ name }) => name);
  const typed = names.find((name) => `${words.join(" ")} `.startsWith(`${name} `));
  if (code !== "commander.unknownCommand") {
    const [reason = ""] = message.replace(/^error: /u, "").split(/\.?(?:\n|$)/u, 1);
    const help = typed === undefined ? "--help" : `${typed} --help`;
    const subject = typed === undefined ? "" : ` "${typed}"`;
    return `Cannot run${subject}: ${reason}; see ${program} ${help}\n`;
  }
  const unknown = /unknown command '(?<name>[^]*?)'/u.exec(message)?.groups?.["name"] ?? "";
  const group = names.filter((name) => name.split(" ")[0] === words[0]);
  const known = group.length === 0 ? names : group;
  const asTyped = group.length === 0 ? unknown : `${words[0]} ${unknown}`;
  const meant = closest(asTyped, known);
  const hint = meant === undefined ? "" : `did you mean ${meant}? `;
  return `Cannot run "${asTyped}": there is no such command; ${hint}there are ${known.join(", ")}\n`;
}
