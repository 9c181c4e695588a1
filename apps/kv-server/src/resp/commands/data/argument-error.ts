import { bucketNameLimitBytes } from "@kv/kv";
import type { Request } from "../../../request.ts";
import { answerError } from "../../answers.ts";
import type { Arguments } from "../../arguments.ts";
import { notAnIntegerError, syntaxError, wrongNumberError } from "../../errors.ts";

/** Options that nobody knows, or that do not go together. */
export const SYNTAX_ERROR: Request = answerError(syntaxError);

/** A number that is none. */
export const NOT_AN_INTEGER: Request = answerError(notAnIntegerError);

/** The number of words is wrong although the arity of the command `name` allows it. */
export function wrongNumber(name: string): Request {
  return answerError(wrongNumberError(name));
}

/** Why the word at `index`, which is no name of a bucket, is none. */
export function badBucket(words: Arguments, index: number): Request {
  return words.bytes(index).length === 0 ? EMPTY_BUCKET : LONG_BUCKET;
}

/** The time to expire at is beyond what can be told. `name` is that of the command. */
export function invalidExpireTime(name: string): Request {
  return answerError(`ERR invalid expire time in '${name.toLowerCase()}' command`);
}

const EMPTY_BUCKET = answerError("ERR the bucket name is empty");
const LONG_BUCKET = answerError(
  `ERR the bucket name is longer than the limit of ${bucketNameLimitBytes} bytes`,
);
