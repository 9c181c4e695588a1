import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { badBucket, invalidExpireTime, NOT_AN_INTEGER } from "./argument-error.ts";
import { BUCKET_CHANGE, bucketTime } from "./expiry-forms.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  conditionsFrom,
  type ExpiryWord,
  expiryOf,
  IN_MILLISECONDS,
  IN_SECONDS,
} from "./expiry-words.ts";
import type { Forms } from "./forms.ts";
import { int64At } from "./numbers.ts";

const GENERIC = { keys: [1, 1, 1], group: "generic" } as const;
const SETS = { ...GENERIC, arity: -3, flags: ["write", "fast"] } as const;
const SHOWS = { ...GENERIC, arity: 2, flags: ["readonly", "fast"] } as const;

const TTL = bucketTime({ since: "now", unit: "seconds" });
const PTTL = bucketTime({ since: "now", unit: "milliseconds" });
const EXPIRETIME = bucketTime({ since: "1970", unit: "seconds" });
const PEXPIRETIME = bucketTime({ since: "1970", unit: "milliseconds" });

/** Commands on the expiry of buckets. */
export const bucketExpiry = [
  {
    ...SETS,
    name: "EXPIRE",
    since: "1.0.0",
    summary: "Lets a bucket expire in so many seconds.",
    request: (words, conversation) =>
      expire(words, { ...IN_SECONDS, name: "EXPIRE" }, conversation),
  },
  {
    ...SETS,
    name: "PEXPIRE",
    since: "2.6.0",
    summary: "Lets a bucket expire in so many milliseconds.",
    request: (words, conversation) =>
      expire(words, { ...IN_MILLISECONDS, name: "PEXPIRE" }, conversation),
  },
  {
    ...SETS,
    name: "EXPIREAT",
    since: "1.2.0",
    summary: "Lets a bucket expire at a moment in Unix seconds.",
    request: (words, conversation) =>
      expire(words, { ...AT_SECONDS, name: "EXPIREAT" }, conversation),
  },
  {
    ...SETS,
    name: "PEXPIREAT",
    since: "2.6.0",
    summary: "Lets a bucket expire at a moment in Unix milliseconds.",
    request: (words, conversation) =>
      expire(words, { ...AT_MILLISECONDS, name: "PEXPIREAT" }, conversation),
  },
  {
    ...SETS,
    name: "PERSIST",
    arity: 2,
    since: "2.2.0",
    summary: "Lets a bucket live for ever.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      const form = BUCKET_CHANGE[version];
      return { type: "expire-bucket", bucket, expiry: { type: "never" }, conditions: [], form };
    },
  },
  {
    ...SHOWS,
    name: "TTL",
    since: "1.0.0",
    summary: "In how many seconds a bucket expires.",
    request: (words, conversation) => describe(words, TTL, conversation),
  },
  {
    ...SHOWS,
    name: "PTTL",
    since: "2.6.0",
    summary: "In how many milliseconds a bucket expires.",
    request: (words, conversation) => describe(words, PTTL, conversation),
  },
  {
    ...SHOWS,
    name: "EXPIRETIME",
    since: "7.0.0",
    summary: "When a bucket expires, in Unix seconds.",
    request: (words, conversation) => describe(words, EXPIRETIME, conversation),
  },
  {
    ...SHOWS,
    name: "PEXPIRETIME",
    since: "7.0.0",
    summary: "When a bucket expires, in Unix milliseconds.",
    request: (words, conversation) => describe(words, PEXPIRETIME, conversation),
  },
] as const satisfies readonly CommandRow[];

function describe(
  words: Arguments,
  forms: Forms,
  { version }: Pick<Conversation, "version">,
): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "describe", bucket, form: forms[version] };
}

function expire(words: Arguments, kind: ExpiryWord, { version, door }: Conversation): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  const options = conditionsFrom(words, 3);
  if (options.type === "wrong") return options.request;
  const value = int64At(words, 2);
  if (value === undefined) return NOT_AN_INTEGER;
  const expiry = expiryOf(kind, value, door.unixTimeMs());
  if (expiry === undefined) return invalidExpireTime(kind.name);
  const { conditions } = options;
  return { type: "expire-bucket", bucket, expiry, conditions, form: BUCKET_CHANGE[version] };
}
