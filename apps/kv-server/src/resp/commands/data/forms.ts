import type { OutputBuffer } from "../../../output-buffer.ts";
import type { Reply } from "../../../reply.ts";
import type { ReplyForm } from "../../../request.ts";
import type { RespVersion } from "../../conversation.ts";
import { encodeRespReply } from "../../reply-encoder.ts";
import { appendBulk, appendInteger, appendNull, appendSimple } from "../../writer.ts";

/** The forms of one kind of reply, by the version of RESP. */
export type Forms = Readonly<Record<RespVersion, ReplyForm>>;

/** Appends `reply` when it is one that the command has; otherwise nothing, and it says `false`. */
type Append = (reply: Reply, output: OutputBuffer, version: RespVersion) => boolean;

/** Both forms of what `append` appends; whatever it does not know is told as an error. */
export function formsOf(append: Append): Forms {
  return {
    2: (reply, output) => {
      if (!append(reply, output, 2)) encodeRespReply(reply, output);
    },
    3: (reply, output) => {
      if (!append(reply, output, 3)) encodeRespReply(reply, output);
    },
  };
}

/** The value of a key, or null. */
export const VALUE = formsOf((reply, output, version) => {
  if (reply.type === "found") appendBulk(output, reply.value);
  else if (reply.type === "missing" || reply.type === "no-bucket") appendNull(output, version);
  else return false;
  return true;
});

/** How many keys a put added; 0 where its condition did not hold. */
export const ADDED = formsOf((reply, output) => {
  if (reply.type === "stored" || reply.type === "written") appendInteger(output, reply.added);
  else if (reply.type === "conflict") appendInteger(output, 0);
  else return false;
  return true;
});

/** `OK` to whatever was put or made. */
export const OK = formsOf((reply, output) => {
  if (reply.type !== "stored" && reply.type !== "created" && reply.type !== "exists") return false;
  appendSimple(output, "OK");
  return true;
});

/** How many keys a deletion removed. */
export const REMOVED = formsOf((reply, output) => {
  if (reply.type === "deleted") appendInteger(output, reply.removed);
  else if (reply.type === "nothing-deleted" || reply.type === "no-bucket") appendInteger(output, 0);
  else return false;
  return true;
});

/** A number. */
export const NUMBER = formsOf((reply, output) => {
  if (reply.type !== "number") return false;
  appendInteger(output, reply.value);
  return true;
});

/** 1 when a key is there, otherwise 0. */
export const IS_FOUND = formsOf((reply, output) => {
  if (reply.type === "described-key") appendInteger(output, 1);
  else if (reply.type === "missing" || reply.type === "no-bucket") appendInteger(output, 0);
  else return false;
  return true;
});

/** How long a value is; 0 where there is none. */
export const LENGTH = formsOf((reply, output) => {
  if (reply.type === "described-key") appendInteger(output, reply.valueBytes);
  else if (reply.type === "missing" || reply.type === "no-bucket") appendInteger(output, 0);
  else return false;
  return true;
});

/** How many keys a bucket has; 0 where there is no bucket. */
export const KEY_COUNT = formsOf((reply, output) => {
  if (reply.type === "described") appendInteger(output, reply.keys);
  else if (reply.type === "no-bucket") appendInteger(output, 0);
  else return false;
  return true;
});

/** What is behind a name: every bucket is a hash. */
export const TYPE = formsOf((reply, output) => {
  if (reply.type === "described") appendSimple(output, "hash");
  else if (reply.type === "no-bucket") appendSimple(output, "none");
  else return false;
  return true;
});
