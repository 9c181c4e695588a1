import type { Command } from "./execute/command.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import type { Reply } from "./reply.ts";

/**
 * Puts the reply to one request into bytes. A protocol whose replies look different from command to command
 * chooses the form with the request; without one, the protocol's own encoder does it.
 *
 * It may be called long after the request: it must not hold views of the input.
 */
export type ReplyForm = (reply: Reply, output: OutputBuffer) => void;

/** The parts of a request that have a limit. */
export type LimitedPart = "line" | "request" | "bucket name" | "key" | "value";

/**
 * What a decoder makes of a client's bytes: a command, or what else they turned out to be.
 *
 * *too-long*: a part passed its limit; the whole request is dropped. *foreign-protocol*: the client does not
 * speak this protocol at all and is not to be answered.
 */
export type Request = (
  | Command
  | AuthenticateRequest
  | LocalRequest
  | LogOutRequest
  | LeaveRequest
  | { readonly type: "unknown-command" }
  | { readonly type: "too-long"; readonly part: LimitedPart; readonly limitBytes: number }
  | { readonly type: "foreign-protocol" }
) & { readonly form?: ReplyForm };

/** A log-in. */
export interface AuthenticateRequest {
  readonly type: "authenticate";
  readonly name: Uint8Array;
  readonly password: Uint8Array;
  /** Called when the log-in is right, before the next request is asked for. */
  readonly onAdmitted?: () => void;
}

/** Whoever has logged in has not any more. Carried out before a log-in too. */
export interface LogOutRequest extends Performed {
  readonly type: "log-out";
}

/**
 * The last request of this connection: it ends when this, and all before it, is answered. Carried out before a log-in
 * too.
 */
export interface LeaveRequest extends Performed {
  readonly type: "leave";
}

/** What asks for no bucket: the protocol answers it by itself, with its form for the reply `done`. */
export interface LocalRequest extends Performed {
  readonly type: "local";
  /** Whether it is answered before a log-in too. */
  readonly isOpen: boolean;
  /** What its reply weighs while it waits, in bytes, beyond a plain one; 0 by default. */
  readonly replyBytes?: number;
}

/** What may have to be done on the connection itself before it is answered with `done`. */
export interface Performed {
  /** Called when it is carried out, before its reply is put into bytes and the next request is asked for. */
  readonly perform?: () => void;
}
