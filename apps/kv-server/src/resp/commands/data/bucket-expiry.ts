import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { argumentError, badBucket, NOT_AN_INTEGER } from "./argument-error.ts";
import { BUCKET_CHANGE, bucketTime } from "./expiry-forms.ts";
import { conditionsFrom, expiryOf } from "./expiry-words.ts";
import type { Forms } from "./forms.ts";
import { int64At } from "./numbers.ts";
import { bucketAt } from "./words.ts";

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
    request: (words, { version }) =>
      expire(words, { name: "expire", type: "in", unitMs: 1000n, version }),
  },
  {
    ...SETS,
    name: "PEXPIRE",
    since: "2.6.0",
    summary: "Lets a bucket expire in so many milliseconds.",
    request: (words, { version }) =>
      expire(words, { name: "pexpire", type: "in", unitMs: 1n, version }),
  },
  {
    ...SETS,
    name: "EXPIREAT",
    since: "1.2.0",
    summary: "Lets a bucket expire at a moment in Unix seconds.",
    request: (words, { version }) =>
      expire(words, { name: "expireat", type: "at", unitMs: 1000n, version }),
  },
  {
    ...SETS,
    name: "PEXPIREAT",
    since: "2.6.0",
    summary: "Lets a bucket expire at a moment in Unix milliseconds.",
    request: (words, { version }) =>
      expire(words, { name: "pexpireat", type: "at", unitMs: 1n, version }),
  },
  {
    ...SETS,
    name: "PERSIST",
    arity: 2,
    since: "2.2.0",
    summary: "Lets a bucket live for ever.",
    request: (words, { version }) => {
      const bucket = bucketAt(words, 1);
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
  const bucket = bucketAt(words, 1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "describe", bucket, form: forms[version] };
}

interface ExpireKind extends Pick<Conversation, "version"> {
  /** In lower case, for errors. */
  readonly name: string;
  readonly type: "in" | "at";
  readonly unitMs: bigint;
}

function expire(words: Arguments, { name, type, unitMs, version }: ExpireKind): Request {
  const bucket = bucketAt(words, 1);
  if (bucket === undefined) return badBucket(words, 1);
  const options = conditionsFrom(words, 3);
  if (options.type === "wrong") return options.request;
  const value = int64At(words, 2);
  if (value === undefined) return NOT_AN_INTEGER;
  const expiry = expiryOf(type, value * unitMs);
  if (expiry === undefined) return argumentError(`ERR invalid expire time in '${name}' command`);
  const { conditions } = options;
  return { type: "expire-bucket", bucket, expiry, conditions, form: BUCKET_CHANGE[version] };
}
