import type { Condition, Field } from "@kv/kv";
import type { Expiry } from "../../../execute/command.ts";
import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import type { CommandRow } from "../../command-row.ts";
import type { Conversation } from "../../conversation.ts";
import { badBucket, invalidExpireTime, NOT_AN_INTEGER, SYNTAX_ERROR } from "./argument-error.ts";
import { OK } from "./forms.ts";
import { int64At, safeNumber } from "./numbers.ts";
import { REMOVED_OR_NULL, REVISION, VERSIONED } from "./own-forms.ts";

const OWN = { keys: [1, 1, 1], group: "hash", since: "7.0.0" } as const;

const INVALID_TIME = invalidExpireTime("KV.PUT");

type RevisionCondition = Extract<Condition, { readonly type: "revision" }>;

/** Commands that Redis does not have: conditional writes, and buckets that stay without keys. */
export const ownCommands = [
  {
    ...OWN,
    name: "KV.GET",
    arity: 3,
    flags: ["readonly", "fast"],
    summary: "The value of a key, its revision, and when it expires.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "get", bucket, key: words.bytes(2), form: VERSIONED[version] };
    },
  },
  {
    ...OWN,
    name: "KV.PUT",
    arity: -4,
    flags: ["write", "denyoom", "fast"],
    summary: "Puts a key, if need be only when a condition holds, and says its revision.",
    request: (words, conversation) => put(words, conversation),
  },
  {
    ...OWN,
    name: "KV.DELETE",
    arity: 5,
    flags: ["write", "fast"],
    summary: "Deletes a key when its revision is the one given.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      if (words.text(3).toUpperCase() !== "IFREV") return SYNTAX_ERROR;
      const condition = revisionAt(words, 4);
      const form = REMOVED_OR_NULL[version];
      return { type: "delete", bucket, keys: [words.bytes(2)], condition, form };
    },
  },
  {
    ...OWN,
    name: "KV.CREATE",
    arity: 2,
    flags: ["write", "denyoom", "fast"],
    summary: "Makes a bucket that stays there without keys.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      return { type: "create", bucket, form: OK[version] };
    },
  },
] as const satisfies readonly CommandRow[];

interface PutOptionsSaid {
  readonly condition: Condition | undefined;
  readonly expiry: Expiry | undefined;
}

function put(words: Arguments, { version }: Pick<Conversation, "version">): Request {
  const bucket = words.bucket(1);
  if (bucket === undefined) return badBucket(words, 1);
  const options = optionsFrom(words, 4);
  if ("request" in options) return options.request;
  const { condition, expiry } = options;
  const field: Field = { key: words.bytes(2), value: words.bytes(3), condition };
  // A revision is that of a key that is there: for its sake no bucket is made.
  const createsBucket = condition?.type !== "revision";
  const form = REVISION[version];
  return { type: "put", bucket, fields: [field], createsBucket, expiry, form };
}

function optionsFrom(
  words: Arguments,
  first: number,
): PutOptionsSaid | { readonly request: Request } {
  let condition: Condition | undefined;
  let expiry: Expiry | undefined;
  let index = first;
  while (index < words.count) {
    const option = words.text(index).toUpperCase();
    const hasValue = index + 1 < words.count;
    if (option === "IFABSENT" && condition === undefined) {
      condition = { type: "absent" };
      index += 1;
    } else if (option === "IFREV" && condition === undefined && hasValue) {
      condition = revisionAt(words, index + 1);
      index += 2;
    } else if ((option === "PX" || option === "PXAT") && expiry === undefined && hasValue) {
      const ms = int64At(words, index + 1);
      if (ms === undefined) return { request: NOT_AN_INTEGER };
      if (ms <= 0n) return { request: INVALID_TIME };
      expiry = { type: option === "PX" ? "in" : "at", ms: safeNumber(ms) };
      index += 2;
    } else {
      return { request: SYNTAX_ERROR };
    }
  }
  return { condition, expiry };
}

/** A revision as it was shown: one that is a number is told from one that is text by its digits. */
function revisionAt(words: Arguments, index: number): RevisionCondition {
  const text = words.text(index);
  const shown = /^(?:0|[1-9]\d{0,15})$/u.test(text) ? Number(text) : text;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a revision that no store ever gave matches nothing
  return { type: "revision", revision: shown as RevisionCondition["revision"] };
}
