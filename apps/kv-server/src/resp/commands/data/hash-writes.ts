import type { ReplyForm, Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import { badBucket, NOT_AN_INTEGER, wrongNumber } from "./argument-error.ts";
import { ADDED, NUMBER, OK, REMOVED } from "./forms.ts";
import { int64At } from "./numbers.ts";
import { bytesFrom, fieldsFrom } from "./words.ts";

const HASH = { keys: [1, 1, 1], group: "hash", since: "2.0.0" } as const;

/** Commands that write keys of one bucket. */
export const hashWrites = [
  {
    ...HASH,
    name: "HSET",
    arity: -4,
    plain: { words: 4, forms: ADDED },
    flags: ["write", "denyoom", "fast"],
    summary: "Puts keys into a bucket, which is made if need be.",
    request: (words, { version }) => put(words, "HSET", ADDED[version]),
  },
  {
    ...HASH,
    name: "HMSET",
    arity: -4,
    flags: ["write", "denyoom", "fast"],
    summary: "Puts keys into a bucket, which is made if need be.",
    request: (words, { version }) => put(words, "HMSET", OK[version]),
  },
  {
    ...HASH,
    name: "HSETNX",
    arity: 4,
    flags: ["write", "denyoom", "fast"],
    summary: "Puts a key unless it is there.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      const field = { key: words.bytes(2), value: words.bytes(3), condition: ABSENT };
      return { type: "put", bucket, fields: [field], createsBucket: true, form: ADDED[version] };
    },
  },
  {
    ...HASH,
    name: "HDEL",
    arity: -3,
    flags: ["write", "fast"],
    summary: "Deletes keys.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "delete", bucket, keys: bytesFrom(words, 2), form: REMOVED[version] };
    },
  },
  {
    ...HASH,
    name: "HINCRBY",
    arity: 4,
    flags: ["write", "denyoom", "fast"],
    summary: "Adds to the whole number that a key's value is.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      const by = int64At(words, 3);
      if (by === undefined) return NOT_AN_INTEGER;
      return { type: "increment", bucket, key: words.bytes(2), by, form: NUMBER[version] };
    },
  },
] as const satisfies readonly CommandRow[];

const ABSENT = { type: "absent" } as const;

function put(words: Arguments, name: string, form: ReplyForm): Request {
  if (words.count % 2 === 1) return wrongNumber(name);
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "put", bucket, fields: fieldsFrom(words, 2), createsBucket: true, form };
}
