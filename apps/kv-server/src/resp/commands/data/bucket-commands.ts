import type { BucketName } from "@kv/kv";
import type { ReplyForm, Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import { badBucket } from "./argument-error.ts";
import { NUMBER, TYPE } from "./forms.ts";

const GENERIC = { group: "generic", since: "1.0.0" } as const;

/** Commands on whole buckets. */
export const bucketCommands = [
  {
    ...GENERIC,
    name: "EXISTS",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: [1, -1, 1],
    summary: "How many of the buckets are there.",
    request: (words, { version }) => ofMany("count-standing", words, NUMBER[version]),
  },
  {
    ...GENERIC,
    name: "DEL",
    arity: -2,
    flags: ["write"],
    keys: [1, -1, 1],
    summary: "Drops buckets with all their keys.",
    request: (words, { version }) => ofMany("drop", words, NUMBER[version]),
  },
  {
    ...GENERIC,
    name: "UNLINK",
    arity: -2,
    since: "4.0.0",
    flags: ["write", "fast"],
    keys: [1, -1, 1],
    summary: "Drops buckets with all their keys, as DEL does.",
    request: (words, { version }) => ofMany("drop", words, NUMBER[version]),
  },
  {
    ...GENERIC,
    name: "TYPE",
    arity: 2,
    flags: ["readonly", "fast"],
    keys: [1, 1, 1],
    summary: "What is behind a name: hash for a bucket, none for nothing.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "describe", bucket, form: TYPE[version] };
    },
  },
  {
    ...GENERIC,
    name: "DBSIZE",
    arity: 1,
    group: "server",
    flags: ["readonly", "fast"],
    categories: ["keyspace"],
    keys: [0, 0, 0],
    summary: "How many buckets there are.",
    request: (_words, { version }) => ({ type: "count-buckets", form: NUMBER[version] }),
  },
] as const satisfies readonly CommandRow[];

function ofMany(type: "count-standing" | "drop", words: Arguments, form: ReplyForm): Request {
  const buckets: BucketName[] = [];
  for (let index = 1; index < words.count; index++) {
    const bucket = words.bucket(index);
    if (bucket === undefined) return badBucket(words, index);
    buckets.push(bucket);
  }
  return { type, buckets, form };
}
