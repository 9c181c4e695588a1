import type { Command } from "./command.ts";

/** The parts of a request that have a limit. */
export type LimitedPart = "line" | "bucket name" | "key" | "value";

/**
 * What a decoder makes of a client's bytes: a command, or what else they turned out to be.
 *
 * *too-long*: a part passed its limit; the whole request is dropped. *foreign-protocol*: the client does not
 * speak this protocol at all and is not to be answered.
 */
export type Request =
  | Command
  | { readonly type: "authenticate"; readonly name: Uint8Array; readonly password: Uint8Array }
  | { readonly type: "unknown-command" }
  | { readonly type: "too-long"; readonly part: LimitedPart; readonly limitBytes: number }
  | { readonly type: "foreign-protocol" };
