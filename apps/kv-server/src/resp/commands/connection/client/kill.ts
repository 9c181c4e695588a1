import type { Request } from "../../../../request.ts";
import { type Answer, answerError, answerWith, leaveWith } from "../../../answers.ts";
import type { Arguments } from "../../../arguments.ts";
import type { Conversation } from "../../../conversation.ts";
import { syntaxError } from "../../../errors.ts";
import { parseInt64 } from "../../../../execute/int64.ts";
import type { Subcommand } from "../../../subcommands.ts";
import { appendInteger, appendSimple } from "../../../writer.ts";
import { userOf } from "./client-line.ts";
import { readClientType } from "./client-type.ts";
import { conversationsAt } from "./conversations-at.ts";

type Filter = (conversation: Conversation) => boolean;

/** `CLIENT KILL address`, or `CLIENT KILL option value …`: cuts the connections that have all of this in common. */
export const KILL: Subcommand = {
  name: "KILL",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale"],
  summary: "Closes connections: by ID, ADDR, LADDR, USER, TYPE; not this one unless SKIPME is no.",
  since: "2.4.0",
  request: (words, conversation) => {
    if (words.count === 3) return killAddress(words.text(2), conversation);
    const filters = readFilters(words, conversation);
    if (typeof filters === "string") return answerError(filters);
    const killed = conversationsAt(conversation).filter((one) => filters.every((is) => is(one)));
    return kill(killed, conversation, (output) => appendInteger(output, killed.length));
  },
};

/** The old form: one connection, also this one. */
function killAddress(address: string, conversation: Conversation): Request {
  const killed = conversationsAt(conversation).filter(({ client }) => client.peer === address);
  if (killed.length === 0) return answerError("ERR No such client");
  return kill(killed, conversation, (output) => appendSimple(output, "OK"));
}

/** Cuts the others at once, and this one when it has been told. */
function kill(
  killed: readonly Conversation[],
  conversation: Conversation,
  answer: Answer,
): Request {
  const perform = (): void => {
    for (const { client } of killed) if (client !== conversation.client) client.cut();
  };
  const isLast = killed.includes(conversation) && conversation.client.isAdmitted;
  return isLast ? leaveWith(answer, perform) : answerWith(answer, perform);
}

/** What has to be true of the connections; a text is the error. */
function readFilters(words: Arguments, conversation: Conversation): readonly Filter[] | string {
  if (words.count % 2 === 1) return syntaxError;
  const filters = new Map<string, Filter>([["SKIPME", (one) => one !== conversation]]);
  for (let index = 2; index < words.count; index += 2) {
    const option = words.text(index).toUpperCase();
    const filter = readFilter(option, words.bytes(index + 1), conversation);
    if (typeof filter === "string") return filter;
    filters.set(option, filter);
  }
  return [...filters.values()];
}

function readFilter(
  option: string,
  bytes: Uint8Array,
  conversation: Conversation,
): Filter | string {
  const value = Buffer.from(bytes).toString("latin1");
  switch (option) {
    case "ID": {
      const id = parseInt64(bytes);
      if (id === undefined || id < 1n) return "ERR client-id should be greater than 0";
      return ({ client }) => BigInt(client.id) === id;
    }
    case "ADDR":
      return ({ client }) => client.peer === value;
    case "LADDR":
      return ({ client }) => client.local === value;
    case "TYPE": {
      const isKilled = readClientType(value);
      return typeof isKilled === "string" ? isKilled : () => isKilled;
    }
    case "USER": {
      const { environment, users } = conversation.door;
      const isKnown = users.isRequired
        ? Object.hasOwn(environment.users, value)
        : value === userOf(conversation);
      return isKnown ? (one) => userOf(one) === value : `ERR No such user '${value.slice(0, 128)}'`;
    }
    case "SKIPME":
      if (value.toLowerCase() === "no") return () => true;
      return value.toLowerCase() === "yes" ? (one) => one !== conversation : syntaxError;
    default:
      return syntaxError;
  }
}
