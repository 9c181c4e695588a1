import type { ReadBucketCommand } from "../../../execute/command.ts";
import type { ReplyForm, Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { answerError } from "../../answers.ts";
import { badBucket, NOT_AN_INTEGER, SYNTAX_ERROR } from "./argument-error.ts";
import { FIRST_KEY, KEYS, MAP, PAIRS, VALUES } from "./list-forms.ts";
import { int64At, safeNumber } from "./numbers.ts";

const HASH = { keys: [1, 1, 1], group: "hash", since: "2.0.0", flags: ["readonly"] } as const;

/** How far a count may go, so that twice as much can still be counted; as in Redis. */
const mostPairs = 2n ** 62n;
const mostKeys = 2n ** 63n - 1n;

const TOO_MANY_PAIRS = answerError("ERR value is out of range");
const TOO_MANY_KEYS = answerError(
  `ERR value is out of range, value must between -${mostKeys} and ${mostKeys}`,
);

/** Commands that read a bucket as a whole, or some of it by chance. */
export const wholeHash = [
  {
    ...HASH,
    name: "HGETALL",
    arity: 2,
    summary: "All keys and values of a bucket, as they are at one moment.",
    request: (words, { version }) => readBucket(words, "both", MAP[version]),
  },
  {
    ...HASH,
    name: "HKEYS",
    arity: 2,
    summary: "All keys of a bucket, as they are at one moment.",
    request: (words, { version }) => readBucket(words, "keys", KEYS[version]),
  },
  {
    ...HASH,
    name: "HVALS",
    arity: 2,
    summary: "All values of a bucket, as they are at one moment.",
    request: (words, { version }) => readBucket(words, "values", VALUES[version]),
  },
  {
    ...HASH,
    name: "HRANDFIELD",
    arity: -2,
    since: "6.2.0",
    summary: "Keys by chance, with their values if asked.",
    request: (words, conversation) => draw(words, conversation),
  },
] as const satisfies readonly CommandRow[];

function readBucket(words: Arguments, parts: ReadBucketCommand["parts"], form: ReplyForm): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  return { type: "read-bucket", bucket, parts, form };
}

function draw(words: Arguments, { version }: Pick<Conversation, "version">): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  if (words.count === 2) {
    const form = FIRST_KEY[version];
    return { type: "draw-keys", bucket, count: 1, withValues: false, form };
  }
  const count = int64At(words, 2);
  if (count === undefined) return NOT_AN_INTEGER;
  if (count < -mostKeys) return TOO_MANY_KEYS;
  const withValues = words.count === 4 && words.text(3).toUpperCase() === "WITHVALUES";
  if (words.count > 3 && !withValues) return SYNTAX_ERROR;
  if (withValues && (count < -mostPairs || count > mostPairs)) return TOO_MANY_PAIRS;
  const form = (withValues ? PAIRS : KEYS)[version];
  return { type: "draw-keys", bucket, count: safeNumber(count), withValues, form };
}
