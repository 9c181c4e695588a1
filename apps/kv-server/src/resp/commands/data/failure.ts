import type { OutputBuffer } from "../../../output-buffer.ts";
import type { Reply } from "../../../reply.ts";
import { appendError } from "../../writer.ts";

/** Appends the error that `reply` is. A reply that is none is a bug, and thrown. */
export function appendFailure(reply: Reply, output: OutputBuffer): void {
  switch (reply.type) {
    case "refused":
      appendError(output, `ERR ${reply.reason}`);
      return;
    case "authentication-required":
      appendError(output, "NOAUTH Authentication required.");
      return;
    case "not-a-number":
      appendError(output, "ERR hash value is not an integer");
      return;
    case "overflow":
      appendError(output, "ERR increment or decrement would overflow");
      return;
    default:
      throw new Error(`a command of the data is not answered by ${reply.type}`);
  }
}
