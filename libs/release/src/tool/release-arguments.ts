import { Command, CommanderError } from "commander";

/** What was typed behind `npm run release --`. */
export interface ReleaseArguments {
  readonly name: string | undefined;
  readonly overwrite: boolean;
  readonly quiet: boolean | undefined;
  readonly prove: boolean;
  readonly target: string | undefined;
  readonly version: string | undefined;
  readonly path: string | undefined;
}

/** What to do about it. */
export type ReleaseCommandLine =
  | { readonly type: "release"; readonly typed: ReleaseArguments }
  | { readonly type: "help" | "usage"; readonly text: string };

/** Reads the words, by commander; writes nothing and ends nothing. */
export function parseReleaseArguments(
  program: string,
  words: readonly string[],
): ReleaseCommandLine {
  const printed: string[] = [];
  const command = new Command()
    .name(program)
    .usage("[NAME] [options]")
    .description(
      "Assembles a release: a folder with all that a node needs, to be copied to where it is to run.",
    )
    .argument("[NAME]", "which one; not needed where there is only one")
    .option("--overwrite", "takes the place of the same version without asking")
    .option("--target <PLATFORM>", "for another platform: linux-x64, linux-arm64, darwin-x64, …")
    .option("--version <VERSION>", "instead of what releases.ts says")
    .option("--path <FOLDER>", "where to, instead of _build/ENV/rel/NAME")
    .option("--prove", "starts a copy of it elsewhere, asks it something and stops it")
    .option("--quiet", "prints nothing but failures")
    .helpOption("-h, --help", "prints this text")
    .addHelpText(
      "after",
      "\nKV_ENV says for which environment: prod by default. npm keeps options to itself that do not stand behind --.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printed.push(text),
      writeErr: (text) => printed.push(text),
    });
  try {
    command.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const text = printed.join("");
    return error.exitCode === 0
      ? { type: "help", text }
      : { type: "usage", text: `${text}See ${program} --help\n` };
  }
  const options = command.opts<Partial<ReleaseArguments>>();
  return {
    type: "release",
    typed: {
      name: command.args[0],
      overwrite: options.overwrite === true,
      quiet: options.quiet,
      prove: options.prove === true,
      target: options.target,
      version: options.version,
      path: options.path,
    },
  };
}
