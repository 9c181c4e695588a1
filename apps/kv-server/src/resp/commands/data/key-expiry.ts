import { momentOf } from "../../../execute/moment-of.ts";
import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { answerError } from "../../answers.ts";
import { badBucket, invalidExpireTime, NOT_AN_INTEGER } from "./argument-error.ts";
import { KEY_CHANGES, keyTimes } from "./expiry-forms.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  conditionOf,
  type ExpiryWord,
  expiryOf,
  IN_MILLISECONDS,
  IN_SECONDS,
} from "./expiry-words.ts";
import type { Forms } from "./forms.ts";
import { int64At } from "./numbers.ts";
import { bytesFrom } from "./words.ts";

const HASH = { keys: [1, 1, 1], group: "hash", since: "7.4.0" } as const;
const SETS = { ...HASH, arity: -6, flags: ["write", "denyoom", "fast"] } as const;
const SHOWS = { ...HASH, arity: -5, flags: ["readonly", "fast"] } as const;

/** The latest moment that Redis lets a field expire at, in Unix milliseconds: a quarter of 2^48. */
const latestMs = Math.floor(0xffff_ffff_fffe / 4);

const NO_FIELDS = answerError(
  "ERR Mandatory argument FIELDS is missing or not at the right position",
);
const NEGATIVE = answerError("ERR invalid expire time, must be >= 0");
const NO_COUNT = answerError("ERR Parameter `numFields` should be greater than 0");
const NO_NUMBER = answerError("ERR Number of fields must be a positive integer");
const MISCOUNTED = answerError("ERR The `numfields` parameter must match the number of arguments");

const HTTL = keyTimes({ since: "now", unit: "seconds" });
const HPTTL = keyTimes({ since: "now", unit: "milliseconds" });
const HEXPIRETIME = keyTimes({ since: "1970", unit: "seconds" });
const HPEXPIRETIME = keyTimes({ since: "1970", unit: "milliseconds" });

/** Commands on the expiry of keys: those of Redis 7.4, which its older versions do not have. */
export const keyExpiry = [
  {
    ...SETS,
    name: "HEXPIRE",
    summary: "Lets keys expire in so many seconds.",
    request: (words, conversation) =>
      expire(words, { ...IN_SECONDS, name: "HEXPIRE" }, conversation),
  },
  {
    ...SETS,
    name: "HPEXPIRE",
    summary: "Lets keys expire in so many milliseconds.",
    request: (words, conversation) =>
      expire(words, { ...IN_MILLISECONDS, name: "HPEXPIRE" }, conversation),
  },
  {
    ...SETS,
    name: "HEXPIREAT",
    summary: "Lets keys expire at a moment in Unix seconds.",
    request: (words, conversation) =>
      expire(words, { ...AT_SECONDS, name: "HEXPIREAT" }, conversation),
  },
  {
    ...SETS,
    name: "HPEXPIREAT",
    summary: "Lets keys expire at a moment in Unix milliseconds.",
    request: (words, conversation) =>
      expire(words, { ...AT_MILLISECONDS, name: "HPEXPIREAT" }, conversation),
  },
  {
    ...SETS,
    name: "HPERSIST",
    arity: -5,
    summary: "Lets keys live for ever.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      const problem = fieldsProblem(words, 2, NO_NUMBER);
      if (problem !== undefined) return problem;
      const [keys, form] = [bytesFrom(words, 4), KEY_CHANGES[version]];
      return { type: "expire-keys", bucket, keys, expiry: { type: "never" }, conditions: [], form };
    },
  },
  {
    ...SHOWS,
    name: "HTTL",
    summary: "In how many seconds keys expire.",
    request: (words, conversation) => times(words, HTTL, conversation),
  },
  {
    ...SHOWS,
    name: "HPTTL",
    summary: "In how many milliseconds keys expire.",
    request: (words, conversation) => times(words, HPTTL, conversation),
  },
  {
    ...SHOWS,
    name: "HEXPIRETIME",
    summary: "When keys expire, in Unix seconds.",
    request: (words, conversation) => times(words, HEXPIRETIME, conversation),
  },
  {
    ...SHOWS,
    name: "HPEXPIRETIME",
    summary: "When keys expire, in Unix milliseconds.",
    request: (words, conversation) => times(words, HPEXPIRETIME, conversation),
  },
] as const satisfies readonly CommandRow[];

function times(
  words: Arguments,
  forms: Forms,
  { version }: Pick<Conversation, "version">,
): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  const problem = fieldsProblem(words, 2, NO_NUMBER);
  if (problem !== undefined) return problem;
  return { type: "key-times", bucket, keys: bytesFrom(words, 4), form: forms[version] };
}

function expire(words: Arguments, kind: ExpiryWord, { version, door }: Conversation): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  const value = int64At(words, 2);
  if (value === undefined) return NOT_AN_INTEGER;
  if (value < 0n) return NEGATIVE;
  const expiry = expiryOf(kind, value, door.unixTimeMs());
  if (expiry === undefined || momentOf(expiry, door.unixTimeMs()) > latestMs) {
    return invalidExpireTime(kind.name);
  }
  const condition = conditionOf(words.text(3));
  const fieldsAt = condition === undefined ? 3 : 4;
  const problem = fieldsProblem(words, fieldsAt, NO_COUNT);
  if (problem !== undefined) return problem;
  return {
    type: "expire-keys",
    bucket,
    keys: bytesFrom(words, fieldsAt + 2),
    expiry,
    conditions: condition === undefined ? [] : [condition],
    form: KEY_CHANGES[version],
  };
}

/** What is wrong with `FIELDS count key …` from the word at `at` on. */
function fieldsProblem(words: Arguments, at: number, noCount: Request): Request | undefined {
  if (words.text(at).toUpperCase() !== "FIELDS") return NO_FIELDS;
  const count = at + 1 < words.count ? int64At(words, at + 1) : undefined;
  if (count === undefined || count < 1n) return noCount;
  return count === BigInt(words.count - at - 2) ? undefined : MISCOUNTED;
}
