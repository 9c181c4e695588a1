import type {
  BucketOutcome,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  GetOutcome,
  KeyOutcome,
  Lifetime,
  PutOutcome,
  Revision,
} from "../../store.ts";
import type { Reply } from "../cluster/cluster.ts";
import { mayLapse, parseKeyField } from "./key-field.ts";
import { bytesOf, membersOf, numberOf, textOf, timeOf, UnknownReply } from "./reply-parts.ts";
import { revisionOf } from "./revision-text.ts";

/** What a script answers where there is no bucket, if it reads. */
const NO_BUCKET = 0;

/** Of the script `CREATE_BUCKET`. */
export function createOutcome(reply: Reply): CreateBucketOutcome {
  const [type, sequence, token] = membersOf(reply);
  const revision = revisionOf(textOf(sequence), textOf(token));
  return { type: oneOf(type, ["created", "exists"]), revision };
}

/** Of the script `DROP_BUCKET`, called with `token`. */
export function dropOutcome(reply: Reply, token: string): DropBucketOutcome {
  const [type, sequence] = membersOf(reply);
  if (oneOf(type, ["dropped", "no-bucket"]) === "no-bucket") return { type: "no-bucket" };
  return { type: "dropped", revision: revisionOf(textOf(sequence), token) };
}

/** Of the scripts `PUT` and `PUT_PLAIN`, called with `token` for fields with `keys`. */
export function putOutcome(reply: Reply, token: string, keys: readonly Uint8Array[]): PutOutcome {
  const [type, second, third, standing] = membersOf(reply);
  const word = oneOf(type, ["stored", "no-bucket", "conflict"]);
  switch (word) {
    case "no-bucket":
      return { type: "no-bucket" };
    case "conflict":
      return { type: "conflict", ...conflictAt(keys, second, third) };
    case "stored": {
      const written = standing === undefined ? token : textOf(standing);
      const revision = revisionOf(textOf(second), written);
      return { type: "stored", revision, added: numberOf(third) };
    }
    default:
      return word satisfies never;
  }
}

/** Of the script `DELETE`, called with `token` for `keys`. */
export function deleteOutcome(
  reply: Reply,
  token: string,
  keys: readonly Uint8Array[],
): DeleteOutcome {
  const [type, second, third] = membersOf(reply);
  const word = oneOf(type, ["deleted", "missing", "no-bucket", "conflict"]);
  switch (word) {
    case "missing":
      return { type: "missing" };
    case "no-bucket":
      return { type: "no-bucket" };
    case "conflict":
      return { type: "conflict", ...conflictAt(keys, second, third) };
    case "deleted":
      return {
        type: "deleted",
        revision: revisionOf(textOf(second), token),
        removed: numberOf(third),
      };
    default:
      return word satisfies never;
  }
}

/** Of the script `EXPIRE`, called with `token`. */
export function expireOutcome(reply: Reply, token: string): ExpireOutcome {
  const [type, sequence] = membersOf(reply);
  const found = oneOf(type, ["updated", "unchanged", "missing", "no-bucket"]);
  if (found !== "updated") return { type: found };
  return { type: found, revision: revisionOf(textOf(sequence), token) };
}

/** Of the marker of a bucket and a field of it; `undefined` where only the server's clock tells whether they are there still. */
export function plainGetOutcome(reply: Reply): GetOutcome | undefined {
  const [marker, found] = membersOf(reply);
  if (marker === undefined || marker === null) return { type: "no-bucket" };
  if (mayLapse(bytesOf(marker))) return undefined;
  if (found === undefined || found === null) return { type: "missing" };
  const parsed = parseKeyField(bytesOf(found));
  return parsed.expiresAtMs === undefined ? { type: "found", ...parsed } : undefined;
}

/** Of the script `GET`. */
export function getOutcome(reply: Reply): GetOutcome {
  if (reply === NO_BUCKET) return { type: "no-bucket" };
  return reply === null ? { type: "missing" } : { type: "found", ...parseKeyField(bytesOf(reply)) };
}

/** Of the script `DESCRIBE_KEY`. */
export function keyOutcome(reply: Reply): KeyOutcome {
  if (reply === NO_BUCKET) return { type: "no-bucket" };
  if (reply === null) return { type: "missing" };
  const [sequence, token, expires, length] = membersOf(reply);
  return {
    type: "found",
    revision: revisionOf(textOf(sequence), textOf(token)),
    expiresAtMs: timeOf(textOf(expires)),
    valueBytes: numberOf(length),
  };
}

/** Of the script `DESCRIBE_BUCKET`. */
export function bucketOutcome(reply: Reply): BucketOutcome {
  if (reply === null) return { type: "no-bucket" };
  const [sequence, token, lifetime, expires, keys] = membersOf(reply);
  return {
    type: "found",
    revision: revisionOf(textOf(sequence), textOf(token)),
    lifetime: LIFETIMES[oneOf(lifetime, ["k", "t"])],
    expiresAtMs: timeOf(textOf(expires)),
    keys: numberOf(keys),
  };
}

const LIFETIMES: Readonly<Record<"k" | "t", Lifetime>> = { k: "kept", t: "transient" };

function conflictAt(
  keys: readonly Uint8Array[],
  ...[number, revision]: readonly [number: Reply | undefined, revision: Reply | undefined]
): { readonly key: Uint8Array; readonly revision: Revision | undefined } {
  const key = keys[numberOf(number) - 1];
  if (key === undefined) throw new UnknownReply(number);
  if (revision === undefined || revision === null) return { key, revision: undefined };
  const [sequence = "", token = ""] = textOf(revision).split(/-(.*)/su);
  return { key, revision: revisionOf(sequence, token) };
}

function oneOf<Word extends string>(reply: Reply | undefined, words: readonly Word[]): Word {
  const text = textOf(reply);
  const word = words.find((each) => each === text);
  if (word === undefined) throw new UnknownReply(text);
  return word;
}
