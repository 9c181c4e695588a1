import { ApplicationError } from "@kv/application";
import { quoteBytes } from "../quote-bytes.ts";

/** What a command fails with that needs a bucket which is not there. `action` for instance is `get "milk"`. */
export function noBucket(action: string, bucket: Uint8Array): ApplicationError {
  const reason = `there is no bucket ${quoteBytes(bucket)}`;
  return new ApplicationError("COMMAND_FAILED", { action, reason });
}
