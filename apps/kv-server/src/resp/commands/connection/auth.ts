import type { Request } from "../../../request.ts";
import type { Credentials } from "../../../users.ts";
import { answerAnybody, answerAnybodyError, type Answer } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { syntaxError } from "../../errors.ts";
import { encodeRespReply } from "../../reply-encoder.ts";
import { appendSimple } from "../../writer.ts";

/** Whom a password without a name belongs to. */
const DEFAULT_USER = Buffer.from("default");

const NO_PASSWORD =
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?";

/** What happens when a log-in is right. */
export interface Admission {
  readonly perform?: () => void;
  readonly answer: Answer;
}

const PLAIN: Admission = { answer: (output) => appendSimple(output, "OK") };

/** `AUTH [user] password`: logs in. Without a name, as the user `default`. */
export const AUTH: CommandRow = {
  name: "AUTH",
  arity: -2,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  keys: [0, 0, 0],
  summary: "Logs in.",
  group: "connection",
  since: "1.0.0",
  request: (words, conversation) => {
    if (words.count > 3) return answerAnybodyError(syntaxError);
    if (words.count === 3) {
      const credentials = { name: words.bytes(1), password: words.bytes(2) };
      return logIn(credentials, conversation, PLAIN);
    }
    return conversation.door.users.isRequired
      ? logIn({ name: DEFAULT_USER, password: words.bytes(1) }, conversation, PLAIN)
      : answerAnybodyError(NO_PASSWORD);
  },
};

/**
 * The request to log in as `credentials` say. Where nobody has to, everybody is `default` and any password is his, as in
 * Redis: clients are configured with one and come all the same.
 */
export function logIn(
  { name, password }: Credentials,
  { door }: Conversation,
  { perform, answer }: Admission,
): Request {
  if (!door.users.isRequired) {
    return DEFAULT_USER.equals(name)
      ? answerAnybody(answer, perform)
      : answerAnybody((output) => encodeRespReply({ type: "wrong-password" }, output));
  }
  return {
    type: "authenticate",
    name,
    password,
    ...(perform && { onAdmitted: perform }),
    form: (reply, output) => {
      if (reply.type === "authenticated") answer(output);
      else encodeRespReply(reply, output);
    },
  };
}
