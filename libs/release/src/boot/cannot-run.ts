import { ReleaseError } from "../errors.ts";

/** The refusal to do what `bin/NAME` was asked for: `problem` is one sentence, with the way out. */
export function cannotRun(problem: string, cause?: unknown): ReleaseError<"CANNOT_RUN"> {
  return new ReleaseError("CANNOT_RUN", { problem }, { cause });
}
