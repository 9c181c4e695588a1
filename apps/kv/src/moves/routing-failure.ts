import { ApplicationError } from "@kv/application";
import { StorageError } from "@kv/storage";
import { KvError } from "../errors.ts";

/** A change of the table goes no further: the reason names the node and what to do. */
export class RoutingFailure extends Error {
  override readonly name = "RoutingFailure";
}

/** What `work` comes to; an operating failure of it as `COMMAND_FAILED`: `action` for instance is `plan a routing table`. */
export async function failing<Result>(
  action: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof RoutingFailure ||
      error instanceof KvError ||
      error instanceof StorageError
    ) {
      throw new ApplicationError("COMMAND_FAILED", { action, reason: error.message });
    }
    throw error;
  }
}
