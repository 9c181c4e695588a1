import type { ReplyForm, Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import { badBucket } from "./argument-error.ts";
import { IS_FOUND, KEY_COUNT, LENGTH, VALUE } from "./forms.ts";
import { VALUES } from "./list-forms.ts";
import { bytesFrom } from "./words.ts";

const HASH = { keys: [1, 1, 1], group: "hash", since: "2.0.0" } as const;

/** Commands that read keys of one bucket by name. */
export const hashReads = [
  {
    ...HASH,
    name: "HGET",
    arity: 3,
    plain: { words: 3, forms: VALUE },
    flags: ["readonly", "fast"],
    summary: "The value of a key.",
    request: (words, { version }) => get(words, VALUE[version]),
  },
  {
    ...HASH,
    name: "HMGET",
    arity: -3,
    flags: ["readonly", "fast"],
    summary: "The values of keys, as they are at one moment.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "get-many", bucket, keys: bytesFrom(words, 2), form: VALUES[version] };
    },
  },
  {
    ...HASH,
    name: "HEXISTS",
    arity: 3,
    flags: ["readonly", "fast"],
    summary: "Whether a key is there.",
    request: (words, { version }) => describeKey(words, IS_FOUND[version]),
  },
  {
    ...HASH,
    name: "HSTRLEN",
    arity: 3,
    since: "3.2.0",
    flags: ["readonly", "fast"],
    summary: "How many bytes a value has.",
    request: (words, { version }) => describeKey(words, LENGTH[version]),
  },
  {
    ...HASH,
    name: "HLEN",
    arity: 2,
    flags: ["readonly", "fast"],
    summary: "How many keys a bucket has.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "describe", bucket, form: KEY_COUNT[version] };
    },
  },
] as const satisfies readonly CommandRow[];

function get(words: Arguments, form: ReplyForm): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "get", bucket, key: words.bytes(2), form };
}

function describeKey(words: Arguments, form: ReplyForm): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "describe-key", bucket, key: words.bytes(2), form };
}
