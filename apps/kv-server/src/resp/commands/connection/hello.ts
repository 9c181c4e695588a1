import type { Request } from "../../../request.ts";
import { answerAnybody, answerAnybodyError, type Answer } from "../../answers.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation, RespVersion } from "../../conversation.ts";
import { parseInt64 } from "../../../execute/int64.ts";
import { redisVersion } from "../../redis-version.ts";
import { appendArray, appendError, appendInteger, appendMap, appendText } from "../../writer.ts";
import { logIn } from "./auth.ts";
import { clientNameProblem } from "./client-name.ts";

const NOT_A_VERSION = "ERR Protocol version is not an integer or out of range";
const NOT_A_VERSION_OF_OURS = "NOPROTO unsupported protocol version";
const LOG_IN_FIRST =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time";

/** What a HELLO asks for beside a greeting. */
interface Wishes {
  readonly version: RespVersion;
  readonly credentials: { readonly name: Uint8Array; readonly password: Uint8Array } | undefined;
  readonly name: string | undefined;
}

/** `HELLO [version [AUTH user password] [SETNAME name]]`: agrees on the version of RESP, and says who we are. */
export const HELLO: CommandRow = {
  name: "HELLO",
  arity: -1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  keys: [0, 0, 0],
  summary: "Agrees on the version of RESP; optionally logs in and names the connection.",
  group: "connection",
  since: "6.0.0",
  request: (words, conversation) => {
    const wishes = readWishes(words, conversation);
    return typeof wishes === "string" ? answerAnybodyError(wishes) : greet(wishes, conversation);
  },
};

function greet({ version, credentials, name }: Wishes, conversation: Conversation): Request {
  const perform = (): void => {
    conversation.version = version;
    if (name !== undefined) conversation.name = name;
  };
  const answer = greeting(version, conversation);
  if (credentials !== undefined) return logIn(credentials, conversation, { perform, answer });
  return conversation.client.isAdmitted
    ? answerAnybody(answer, perform)
    : answerAnybody((output) => appendError(output, LOG_IN_FIRST));
}

/** What `words` ask for; a text says why they do not make sense. */
function readWishes(words: Arguments, conversation: Conversation): Wishes | string {
  if (words.count === 1) {
    return { version: conversation.version, credentials: undefined, name: undefined };
  }
  const version = parseInt64(words.bytes(1));
  if (version === undefined) return NOT_A_VERSION;
  if (version !== 2n && version !== 3n) return NOT_A_VERSION_OF_OURS;
  let credentials: Wishes["credentials"];
  let name: string | undefined;
  for (let index = 2; index < words.count; index++) {
    const option = words.text(index).toUpperCase();
    const following = words.count - 1 - index;
    if (option === "AUTH" && following >= 2) {
      credentials = { name: words.bytes(index + 1), password: words.bytes(index + 2) };
      index += 2;
    } else if (option === "SETNAME" && following >= 1) {
      const problem = clientNameProblem(words.bytes(index + 1));
      if (problem !== undefined) return problem;
      name = words.text(index + 1);
      index++;
    } else {
      return `ERR Syntax error in HELLO option '${words.text(index).slice(0, 128)}'`;
    }
  }
  return { version: version === 3n ? 3 : 2, credentials, name };
}

function greeting(version: RespVersion, { client }: Conversation): Answer {
  return (output) => {
    appendMap(output, 7, version);
    appendText(output, "server");
    appendText(output, "redis");
    appendText(output, "version");
    appendText(output, redisVersion);
    appendText(output, "proto");
    appendInteger(output, version);
    appendText(output, "id");
    appendInteger(output, client.id);
    appendText(output, "mode");
    appendText(output, "standalone");
    appendText(output, "role");
    appendText(output, "master");
    appendText(output, "modules");
    appendArray(output, 0);
  };
}
