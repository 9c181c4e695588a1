import { type BucketName, parseBucketName } from "@kv/kv";
import type { ReplyForm, Request } from "../../../request.ts";
import { answerError } from "../../answers.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import { encodeRespReply } from "../../reply-encoder.ts";
import { appendInteger, appendNull } from "../../writer.ts";

const hget2: ReplyForm = (reply, output) => {
  if (reply.type === "missing" || reply.type === "no-bucket") appendNull(output, 2);
  else encodeRespReply(reply, output);
};

const hget3: ReplyForm = (reply, output) => {
  if (reply.type === "missing" || reply.type === "no-bucket") appendNull(output, 3);
  else encodeRespReply(reply, output);
};

const hset: ReplyForm = (reply, output) => {
  if (reply.type === "stored") appendInteger(output, reply.added);
  else encodeRespReply(reply, output);
};

/** The commands that ask for buckets and keys. */
export const dataCommands = [
  {
    name: "HGET",
    arity: 3,
    flags: ["readonly", "fast"],
    keys: [1, 1, 1],
    summary: "Returns the value of a key in a bucket.",
    group: "hash",
    since: "2.0.0",
    request: (words, { version }) =>
      withBucket(words, (bucket) => ({
        type: "get",
        bucket,
        key: words.bytes(2),
        form: version === 3 ? hget3 : hget2,
      })),
  },
  {
    name: "HSET",
    arity: -4,
    flags: ["write", "denyoom", "fast"],
    keys: [1, 1, 1],
    summary: "Puts values under keys of a bucket.",
    group: "hash",
    since: "2.0.0",
    request: (words) =>
      withBucket(words, (bucket) => ({
        type: "put",
        bucket,
        fields: [{ key: words.bytes(2), value: words.bytes(3) }],
        form: hset,
      })),
  },
] as const satisfies readonly CommandRow[];

function withBucket(words: Arguments, ask: (bucket: BucketName) => Request): Request {
  const bucket = parseBucketName(words.bytes(1));
  return bucket === undefined ? answerError("ERR invalid bucket name") : ask(bucket);
}
