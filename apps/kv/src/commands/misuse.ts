import { ApplicationError } from "@kv/application";

/** What a command fails with when what was typed makes no sense. Which command it was is said by whoever ran it. */
export function misuse(reason: string): ApplicationError {
  return new ApplicationError("COMMAND_USAGE", { command: "", reason });
}
