import { showBytes } from "../../harness/byte-text.ts";

/** One reply, with the type it had on the wire: what RESP2 and RESP3 can say. */
export type RespValue =
  | {
      readonly type: "simple" | "error" | "integer" | "double" | "boolean" | "big-number";
      readonly text: string;
    }
  | { readonly type: "bulk" | "verbatim" | "blob-error"; readonly bytes: Buffer }
  | { readonly type: "null"; readonly wire: "$-1" | "*-1" | "_" }
  | { readonly type: "array" | "set" | "push"; readonly items: readonly RespValue[] }
  | { readonly type: "map" | "attribute"; readonly entries: readonly RespEntry[] };

/** A key of a map, and what it has. */
export type RespEntry = readonly [key: RespValue, value: RespValue];

const SCALAR_MARKS = {
  simple: "+",
  error: "-",
  integer: ":",
  double: ",",
  boolean: "#",
  "big-number": "(",
} as const;
const BLOB_MARKS = { bulk: "", verbatim: "=", "blob-error": "!" } as const;
const LIST_MARKS = { array: "", set: "~", push: ">" } as const;
const MAP_MARKS = { map: "%", attribute: "|" } as const;

/**
 * A reply as text: equal texts are equal replies, to the type byte. `+OK`, `-ERR …`, `:1`, `"bulk"`, `["a", :1]`,
 * `%{"k": "v"}`, `$-1`, `*-1`, `_`.
 */
export function showReply(value: RespValue): string {
  if ("text" in value) return `${SCALAR_MARKS[value.type]}${value.text}`;
  if ("bytes" in value) return `${BLOB_MARKS[value.type]}"${showBytes(value.bytes)}"`;
  if ("wire" in value) return value.wire;
  if ("items" in value) {
    return `${LIST_MARKS[value.type]}[${value.items.map((item) => showReply(item)).join(", ")}]`;
  }
  const entries = value.entries.map(([key, held]) => `${showReply(key)}: ${showReply(held)}`);
  return `${MAP_MARKS[value.type]}{${entries.join(", ")}}`;
}

/** The text of a reply that is a string of some kind or a number, `undefined` of any other. */
export function textOf(value: RespValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ("text" in value) return value.text;
  return "bytes" in value ? value.bytes.toString("latin1") : undefined;
}

/** The items of a list; those of a map, keys and values in turn. Nothing for other replies. */
export function itemsOf(value: RespValue | undefined): readonly RespValue[] {
  if (value === undefined) return [];
  if ("items" in value) return value.items;
  return "entries" in value ? value.entries.flat() : [];
}
