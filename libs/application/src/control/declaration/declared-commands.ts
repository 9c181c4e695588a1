import type { AnyApplication } from "../../application.ts";
import type { AnyCommand } from "./command.ts";

/** A command, and the application that declares it. */
export interface DeclaredCommand {
  readonly command: AnyCommand;
  readonly application: AnyApplication;
}

/** All commands that `applications` declare, in their order. Two of one name are a bug. */
export function declaredCommands(
  applications: readonly AnyApplication[],
): readonly DeclaredCommand[] {
  const declared = applications.flatMap((application) =>
    (application.commands ?? []).map((command: AnyCommand) => ({ command, application })),
  );
  const names = declared.map(({ command }) => command.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two commands are named "${twice}"`);
  return declared;
}
