import { ApplicationError } from "@kv/application";
import { KvError } from "../errors.ts";
import type { Served } from "../remote/later.ts";

/**
 * The outcome of what `ask` asks the store for, once nothing can take it back any more. Where the bucket's owner cannot be
 * asked, throws `COMMAND_FAILED`; `action` for instance is `get "milk"`.
 */
export async function settled<Outcome>(
  action: string,
  ask: () => Served<Outcome>,
): Promise<Outcome> {
  try {
    const { outcome, durable } = await ask();
    await durable;
    return outcome;
  } catch (error) {
    if (!(error instanceof KvError)) throw error;
    throw new ApplicationError("COMMAND_FAILED", { action, reason: error.message });
  }
}
