/**
 * When two replies to one request are the same. Mostly when they are equal to the type byte; where Redis leaves the
 * order free, in any order; where time goes by between two servers, within a tolerance; and where a reply is about the
 * server itself (its version, its memory), in its shape and the parts that clients act on.
 */
import { itemsOf, type RespValue, showReply, textOf } from "../wire/resp-value.ts";
import { lowerCase, type Words } from "./script.ts";

/** Two processes that were asked in turn on a busy machine are not further apart, in milliseconds. */
const TIME_TOLERANCE_MS = 5_000;

/** Puts a reply into a text that is equal for replies that are the same. */
type Form = (reply: RespValue) => string;

const exact: Form = showReply;

/** A list in any order. */
const anyOrder: Form = (reply) => `${reply.type} ${itemsOf(reply).map(exact).toSorted().join(" ")}`;

/** Pairs in any order: a map, or in RESP2 a list of keys and values in turn. */
const pairsInAnyOrder: Form = (reply) => {
  const items = itemsOf(reply);
  const pairs = items.flatMap((item, index) => {
    const value = items[index + 1];
    return index % 2 === 1 ? [] : [`${exact(item)}: ${value === undefined ? "" : exact(value)}`];
  });
  return `${reply.type} ${pairs.toSorted().join(", ")}`;
};

/** Errors are compared as they are, whatever the form of what is no error. */
function unlessError(form: Form): Form {
  return (reply) => (reply.type === "error" ? exact(reply) : form(reply));
}

/** The type of a reply, and for a list those of its items. */
const shape: Form = (reply) => {
  if ("items" in reply) return `${reply.type} of ${new Set(reply.items.map(shape)).size} shapes`;
  return reply.type;
};

/** Every item in its shape and place. */
const shapes: Form = (reply) => `${reply.type} ${itemsOf(reply).map(shape).join(" ")}`;

/** Of the lines `name:value` or words `name=value` of a text: the named ones. */
function fields(...names: readonly string[]): Form {
  return (reply) => {
    const text = textOf(reply) ?? "";
    const found = names.map((name) => {
      const pattern = new RegExp(`(?<![\\w-])${name}[=:](?<value>[^\\s,]*)`, "u");
      return `${name}=${pattern.exec(text)?.groups?.["value"]}`;
    });
    return `${reply.type} ${found.join(" ")}`;
  };
}

/** Of pairs: all names in their order, and the values of `names`. */
function entries(...names: readonly string[]): Form {
  return (reply) => {
    const items = itemsOf(reply);
    const shown = items.flatMap((item, index) => {
      const value = items[index + 1];
      if (index % 2 === 1 || value === undefined) return [];
      const isCompared = names.includes(textOf(item) ?? "");
      return [`${exact(item)}: ${isCompared ? exact(value) : shape(value)}`];
    });
    return `${reply.type} ${shown.join(", ")}`;
  };
}

/** Of pairs in any order: the names. */
const namesOfPairs: Form = (reply) => {
  const names = itemsOf(reply).filter((_, index) => index % 2 === 0);
  return `${reply.type} ${names.map(exact).toSorted().join(" ")}`;
};

/**
 * Of what COMMAND INFO says of each command: its name, arity, where its keys are, flags and categories. Of the rest,
 * which is advice to clients of a cluster, only in which types it is said.
 */
const commandRows: Form = (reply) =>
  itemsOf(reply)
    .map((row) => {
      const [name, arity, flags, first, last, step, categories, ...rest] = itemsOf(row);
      const plain = [name, arity, first, last, step].map((item) => item && exact(item));
      const sets = [flags, categories].map((item) => item && anyOrder(item));
      return [row.type, ...plain, ...sets, ...rest.map(({ type }) => type)].join(" ");
    })
    .join("; ");

/** Of what COMMAND DOCS says: of which commands, and in which types. */
const commandDocs: Form = (reply) =>
  `${reply.type} ${itemsOf(reply)
    .map((item, index) => (index % 2 === 0 ? exact(item) : item.type))
    .join(" ")}`;

const FORMS: Readonly<Record<string, Form>> = {
  hgetall: pairsInAnyOrder,
  hkeys: anyOrder,
  hvals: anyOrder,
  keys: anyOrder,
  time: shapes,
  hello: entries("server", "proto", "mode", "role"),
  info: fields("redis_mode", "role", "connected_slaves", "cluster_enabled", "db0"),
  "client id": shape,
  "client list": fields("name", "db", "user", "cmd", "resp"),
  "client info": fields("name", "db", "user", "cmd", "resp"),
  "command count": shape,
  "command list": (reply) => (itemsOf(reply).length > 10 ? shape(reply) : anyOrder(reply)),
  "command info": commandRows,
  "command ": shape,
  "command docs": commandDocs,
  "config get": namesOfPairs,
};

/** How many milliseconds the unit is of what these commands answer. */
const TIMES: Readonly<Record<string, number>> = {
  ttl: 1_000,
  pttl: 1,
  expiretime: 1_000,
  pexpiretime: 1,
};

/** What is different about the replies of two servers to `words`: both as text; `undefined` when they are the same. */
export function differenceOf(
  words: Words,
  [reference, ours]: readonly [RespValue | undefined, RespValue | undefined],
): { readonly reference: string; readonly ours: string } | undefined {
  if (reference === undefined || ours === undefined) {
    if (reference === ours) return undefined;
    return { reference: showEnd(reference), ours: showEnd(ours) };
  }
  const command = lowerCase(words[0]);
  const unitMs = TIMES[command];
  if (unitMs !== undefined && areNear(reference, ours, TIME_TOLERANCE_MS / unitMs))
    return undefined;
  const form = unlessError(FORMS[`${command} ${lowerCase(words[1])}`] ?? FORMS[command] ?? exact);
  const texts = { reference: form(reference), ours: form(ours) };
  return texts.reference === texts.ours ? undefined : texts;
}

/** What stands for a reply in a difference: an end of the connection is one too. */
export function showEnd(reply: RespValue | undefined): string {
  return reply === undefined ? "(closed)" : showReply(reply);
}

/** -1 and -2 mean something else than times. */
function areNear(reference: RespValue, ours: RespValue, tolerance: number): boolean {
  if (reference.type !== "integer" || ours.type !== "integer") return false;
  const [one, other] = [BigInt(reference.text), BigInt(ours.text)];
  if (one < 0n || other < 0n) return false;
  const apart = one < other ? other - one : one - other;
  return apart <= BigInt(Math.ceil(tolerance));
}
