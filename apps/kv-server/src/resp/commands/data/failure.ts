import type { OutputBuffer } from "../../../output-buffer.ts";
import type { Reply } from "../../../reply.ts";
import { appendError } from "../../writer.ts";

const NO_AUTH = "NOAUTH Authentication required.";
const NOT_A_NUMBER = "ERR hash value is not an integer";
const OVERFLOW = "ERR increment or decrement would overflow";

/** Appends the error that `reply` is. A reply that is none is a bug, and thrown. */
export function appendFailure(reply: Reply, output: OutputBuffer): void {
  if (reply.type === "refused") appendError(output, `ERR ${reply.reason}`);
  else if (reply.type === "authentication-required") appendError(output, NO_AUTH);
  else if (reply.type === "not-a-number") appendError(output, NOT_A_NUMBER);
  else if (reply.type === "overflow") appendError(output, OVERFLOW);
  else throw new Error(`a command of the data is not answered by ${reply.type}`);
}
