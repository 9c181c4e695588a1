import { answerAtLength, answerError, answerWith } from "../../../answers.ts";
import type { Arguments } from "../../../arguments.ts";
import type { Conversation } from "../../../conversation.ts";
import { syntaxError } from "../../../errors.ts";
import { parseInt64 } from "../../../../execute/int64.ts";
import type { Subcommand } from "../../../subcommands.ts";
import { appendVerbatim } from "../../../writer.ts";
import { clientLine } from "./client-line.ts";
import { readClientType } from "./client-type.ts";
import { conversationsAt } from "./conversations-at.ts";

/** What a connection is taken to need in the list, in bytes. */
const lineBytes = 256;

type Filter = (conversation: Conversation) => boolean;

/** `CLIENT INFO`: this connection, as CLIENT LIST shows it. */
export const INFO: Subcommand = {
  name: "INFO",
  arity: 2,
  summary: "Returns what is known of this connection.",
  since: "6.2.0",
  request: (_words, conversation) =>
    answerWith((output) => appendVerbatim(output, clientLine(conversation), conversation.version)),
};

/** `CLIENT LIST [TYPE type | ID id …]`: the connections of this listener, one on a line. */
export const LIST: Subcommand = {
  name: "LIST",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  summary: "Lists the connections of this listener.",
  since: "2.4.0",
  request: (words, conversation) => {
    const filter = readFilter(words);
    if (typeof filter === "string") return answerError(filter);
    const { size } = conversation.door.clients;
    return answerAtLength(size * lineBytes, (output) => {
      const lines = conversationsAt(conversation).filter(filter).map(clientLine);
      appendVerbatim(output, lines.join(""), conversation.version);
    });
  },
};

/** Which connections are asked for; a text is the error. */
function readFilter(words: Arguments): Filter | string {
  if (words.count === 2) return () => true;
  const option = words.text(2).toUpperCase();
  if (option === "TYPE" && words.count === 4) {
    const isListed = readClientType(words.text(3));
    return typeof isListed === "string" ? isListed : () => isListed;
  }
  if (option !== "ID" || words.count === 3) return syntaxError;
  const ids = new Set<bigint>();
  for (let index = 3; index < words.count; index++) {
    const id = parseInt64(words.bytes(index));
    if (id === undefined) return "ERR Invalid client ID";
    ids.add(id);
  }
  return ({ client }) => ids.has(BigInt(client.id));
}
