import { appendArray, appendBulk, appendInteger, appendNull } from "../../writer.ts";
import { formsOf } from "./forms.ts";

/** What is shown of a key that never expires. */
const NEVER = -1;

/** Value, revision and expiry of a key in Unix milliseconds, -1 for never; null when it is not there. */
export const VERSIONED = formsOf((reply, output, version) => {
  if (reply.type === "found") {
    appendArray(output, 3);
    appendBulk(output, reply.value);
    appendBulk(output, Buffer.from(String(reply.revision)));
    appendInteger(output, reply.expiresAtMs ?? NEVER);
  } else if (reply.type === "missing" || reply.type === "no-bucket") {
    appendNull(output, version);
  } else {
    return false;
  }
  return true;
});

/** The revision of what was put; null where its condition did not hold. */
export const REVISION = formsOf((reply, output, version) => {
  if (reply.type === "stored") appendBulk(output, Buffer.from(String(reply.revision)));
  else if (reply.type === "conflict" || reply.type === "no-bucket") appendNull(output, version);
  else return false;
  return true;
});

/** 1 for a key that was deleted, 0 for one that was not there, null for one of another revision. */
export const REMOVED_OR_NULL = formsOf((reply, output, version) => {
  if (reply.type === "deleted") appendInteger(output, reply.removed);
  else if (reply.type === "conflict" && reply.revision !== undefined) appendNull(output, version);
  else if (reply.type === "conflict" || reply.type === "no-bucket") appendInteger(output, 0);
  else if (reply.type === "nothing-deleted") appendInteger(output, 0);
  else return false;
  return true;
});
