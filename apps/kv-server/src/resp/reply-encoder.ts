import type { OutputBuffer } from "../output-buffer.ts";
import type { Reply } from "../reply.ts";
import { appendBulk, appendError, appendInteger, appendNull, appendSimple } from "./writer.ts";

const NOAUTH = "NOAUTH Authentication required.";
const WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled.";

/**
 * Appends `reply` as it looks where no command says how: a form that expects something takes care of that, and leaves
 * everything else to this. An error has Redis' code and wording where Redis has the error too.
 */
export function encodeRespReply(reply: Reply, output: OutputBuffer): void {
  switch (reply.type) {
    case "found":
      appendBulk(output, reply.value);
      return;
    case "missing":
    case "no-bucket":
    case "conflict":
      appendNull(output, 2);
      return;
    case "created":
    case "exists":
    case "authenticated":
    case "done":
      appendSimple(output, "OK");
      return;
    case "stored":
    case "written":
      appendInteger(output, reply.added);
      return;
    case "deleted":
      appendInteger(output, reply.removed);
      return;
    case "nothing-deleted":
      appendInteger(output, 0);
      return;
    case "authentication-required":
      appendError(output, NOAUTH);
      return;
    case "wrong-password":
      appendError(output, WRONGPASS);
      return;
    case "no-users":
      appendError(output, "ERR no users are configured: nobody has to log in here");
      return;
    case "unknown-command":
      appendError(output, "ERR unknown command");
      return;
    case "refused":
      appendError(output, `ERR ${reply.reason}`);
      return;
    case "not-a-number":
      appendError(output, "ERR hash value is not an integer");
      return;
    case "overflow":
      appendError(output, "ERR increment or decrement would overflow");
      return;
    case "bucket-expiry":
    case "described":
    case "described-key":
    case "entries":
    case "key-expiries":
    case "key-times":
    case "keys":
    case "number":
    case "page":
    case "values":
      throw new Error(`the command that asked for ${reply.type} says how it looks`);
    default:
      reply satisfies never;
  }
}
