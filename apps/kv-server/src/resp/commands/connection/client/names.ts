import { answerError, answerWith } from "../../../answers.ts";
import type { Subcommand } from "../../../subcommands.ts";
import { appendNull, appendSimple, appendText } from "../../../writer.ts";
import { clientNameProblem, isClientName } from "../client-name.ts";

/** `CLIENT GETNAME`: the connection's name, null when it has none. */
export const GETNAME: Subcommand = {
  name: "GETNAME",
  arity: 2,
  summary: "Returns the name of this connection.",
  since: "2.6.9",
  request: (_words, conversation) =>
    answerWith((output) => {
      if (conversation.name === "") appendNull(output, conversation.version);
      else appendText(output, conversation.name);
    }),
};

/** `CLIENT SETNAME name`: an empty one takes it away. */
export const SETNAME: Subcommand = {
  name: "SETNAME",
  arity: 3,
  summary: "Names this connection.",
  since: "2.6.9",
  request: (words, conversation) => {
    const problem = clientNameProblem(words.bytes(2));
    if (problem !== undefined) return answerError(problem);
    const name = words.text(2);
    return answerWith(
      (output) => appendSimple(output, "OK"),
      () => {
        conversation.name = name;
      },
    );
  },
};

/** `CLIENT SETINFO LIB-NAME name`, or `LIB-VER version`: what the client's library is. */
export const SETINFO: Subcommand = {
  name: "SETINFO",
  arity: 4,
  summary: "Tells which library the client uses.",
  since: "7.2.0",
  request: (words, conversation) => {
    const option = words.text(2).slice(0, 128);
    const attribute = option.toUpperCase();
    if (attribute !== "LIB-NAME" && attribute !== "LIB-VER")
      return answerError(`ERR Unrecognized option '${option}'`);
    if (!isClientName(words.bytes(3)))
      return answerError(`ERR ${option} cannot contain spaces, newlines or special characters.`);
    const value = words.text(3);
    return answerWith(
      (output) => appendSimple(output, "OK"),
      () => {
        if (attribute === "LIB-NAME") conversation.libraryName = value;
        else conversation.libraryVersion = value;
      },
    );
  },
};
