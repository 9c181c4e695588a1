import type { ReplyForm, Request } from "../request.ts";
import type { Arguments } from "./arguments.ts";
import type { Conversation, RespVersion } from "./conversation.ts";

/** What Redis' COMMAND says of a command: words of https://redis.io/docs/latest/commands/command/ */
export type CommandFlag =
  | "admin"
  | "allow_busy"
  | "denyoom"
  | "fast"
  | "loading"
  | "no_auth"
  | "noscript"
  | "readonly"
  | "stale"
  | "write";

/** Categories of Redis' access lists that some commands have for no other reason than that Redis has it so. */
export type CommandCategory = "connection" | "dangerous" | "keyspace";

/** One command of the RESP door, as COMMAND tells of it and as it is carried out. */
export interface CommandRow {
  /** In upper case. */
  readonly name: string;
  /** Words with the name, exactly; negative for at least so many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  /** The categories of Redis' access lists beyond those that flags and group say. */
  readonly categories?: readonly CommandCategory[];
  /** Where bucket names stand among the words: first, last (negative from the end), step; 0 0 0 for nowhere. */
  readonly keys: readonly [first: number, last: number, step: number];
  /** One sentence for COMMAND DOCS, and the family it belongs to. */
  readonly summary: string;
  readonly group: "connection" | "generic" | "hash" | "server";
  /** The version of Redis that had it first; 7.0.0 for our own. */
  readonly since: string;
  /**
   * Where a call of so many words is nothing but a get (name, bucket, key) or a put (and value) that may make its bucket: how
   * it is answered.
   */
  readonly plain?: {
    readonly words: 3 | 4;
    readonly forms: Readonly<Record<RespVersion, ReplyForm>>;
  };
  /** What a call whose number of words is right asks for. */
  readonly request: (words: Arguments, conversation: Conversation) => Request;
  /** The parts of a command such as CLIENT, which its second word names; their arity counts both. */
  readonly subcommands?: readonly CommandRow[];
}
