import type { Parameter, Script } from "../cluster.ts";
import { RefusedError } from "../connection/link.ts";
import type { Question } from "./reader.ts";

/** Runs a script that only reads: by its digest, or where that is not known by its source. The server lets it write nothing. */
export function scriptQuestion(
  key: Uint8Array,
  script: Script,
  parameters: readonly Parameter[],
): Question {
  return async (send) => {
    try {
      return await send(["EVALSHA_RO", script.digest, "1", key, ...parameters]);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.refusal.type !== "no-script") throw error;
      return await send(["EVAL_RO", script.source, "1", key, ...parameters]);
    }
  };
}
