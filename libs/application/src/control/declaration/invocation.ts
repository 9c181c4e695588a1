import { ApplicationError } from "../../errors.ts";
import type { ArgumentDeclaration, CommandFace, OptionDeclaration } from "./command.ts";

/** The value of an option. */
export type OptionValue = boolean | string | number;

/** What was typed behind a command's name, before it is judged. */
export interface WrittenInvocation {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** What was typed behind a command's name, read by the names of its declaration: another name is a bug. */
export interface Invocation {
  readonly words: ArgumentReader;
  readonly options: OptionReader;
}

/** Reads arguments. */
export interface ArgumentReader {
  /** A required argument. */
  text(name: string): string;
  /** An argument that may be left out. */
  optional(name: string): string | undefined;
  /** All words of the variadic argument. */
  list(name: string): readonly string[];
}

/** Reads options; their defaults hold where nothing was typed. */
export interface OptionReader {
  flag(name: string): boolean;
  text(name: string): string | undefined;
  integer(name: string): number | undefined;
}

/**
 * Judges what was typed by the command's declaration. Both ends of a control socket do so: the operator's may be of
 * another version than the node's. Throws `COMMAND_USAGE`.
 */
export function readInvocation(command: CommandFace, written: WrittenInvocation): Invocation {
  const { arguments: declared = [], options = [], name } = command;
  const refuse = (reason: string): never => {
    throw new ApplicationError("COMMAND_USAGE", { command: name, reason });
  };
  const required = declared.filter(({ optional }) => optional !== true);
  const missing = required[written.words.length];
  if (missing !== undefined) refuse(`the argument ${missing.name} is missing`);
  const isOpen = declared.at(-1)?.variadic === true;
  if (!isOpen && written.words.length > declared.length) {
    refuse(`it takes ${counted(declared.length)}, not ${written.words.length}`);
  }
  for (const [option, value] of Object.entries(written.options)) {
    const wanted = options.find((each) => each.name === option);
    if (wanted === undefined) refuse(`there is no option --${option}`);
    else if (!accepts(wanted, value)) refuse(`--${option} takes ${wanted.type}, not ${value}`);
  }
  return {
    words: argumentReader(declared, written.words),
    options: optionReader(options, written.options),
  };
}

function counted(count: number): string {
  if (count === 0) return "no arguments";
  return count === 1 ? "1 argument" : `${count} arguments`;
}

function accepts({ type }: OptionDeclaration, value: OptionValue): boolean {
  return type === "integer" ? Number.isSafeInteger(value) : typeof value === type;
}

function argumentReader(
  declared: readonly ArgumentDeclaration[],
  words: readonly string[],
): ArgumentReader {
  const place = (name: string): number => {
    const index = declared.findIndex((each) => each.name === name);
    if (index === -1) throw new Error(`the command declares no argument ${name}`);
    return index;
  };
  const optional = (name: string): string | undefined => words[place(name)];
  return {
    optional,
    text: (name) => {
      const word = optional(name);
      if (word === undefined) throw new Error(`the argument ${name} may be left out`);
      return word;
    },
    list: (name) => words.slice(place(name)),
  };
}

function optionReader(
  declared: readonly OptionDeclaration[],
  written: Readonly<Record<string, OptionValue>>,
): OptionReader {
  const read = (name: string, type: OptionDeclaration["type"]): OptionValue | undefined => {
    const option = declared.find((each) => each.name === name && each.type === type);
    if (option === undefined) throw new Error(`the command declares no ${type} option --${name}`);
    return Object.hasOwn(written, name) ? written[name] : option.default;
  };
  return {
    flag: (name) => read(name, "boolean") === true,
    text: (name) => {
      const value = read(name, "string");
      return typeof value === "string" ? value : undefined;
    },
    integer: (name) => {
      const value = read(name, "integer");
      return typeof value === "number" ? value : undefined;
    },
  };
}
