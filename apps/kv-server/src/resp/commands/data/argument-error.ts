import { bucketNameLimitBytes } from "@kv/kv";
import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import { appendError } from "../../writer.ts";
import { appendFailure } from "./failure.ts";

/** A request that comes to nothing but the error `text`, which begins with its code. */
export function argumentError(text: string): Request {
  return {
    type: "local",
    isOpen: false,
    form: (reply, output) => {
      if (reply.type === "done") appendError(output, text);
      else appendFailure(reply, output);
    },
  };
}

/** What Redis says of options that it does not know, or that do not go together. */
export const SYNTAX_ERROR = argumentError("ERR syntax error");

/** What Redis says of a number that is none. */
export const NOT_AN_INTEGER = argumentError("ERR value is not an integer or out of range");

/** The number of words is wrong although the arity allows it. `name` is in lower case. */
export function wrongNumber(name: string): Request {
  return argumentError(`ERR wrong number of arguments for '${name}' command`);
}

/** Why the word at `index`, which is no name of a bucket, is none. */
export function badBucket(words: Arguments, index: number): Request {
  return words.bytes(index).length === 0 ? EMPTY_BUCKET : LONG_BUCKET;
}

const EMPTY_BUCKET = argumentError("ERR the bucket name is empty");
const LONG_BUCKET = argumentError(
  `ERR the bucket name is longer than the limit of ${bucketNameLimitBytes} bytes`,
);
