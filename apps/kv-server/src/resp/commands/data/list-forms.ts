import type { OutputBuffer } from "../../../output-buffer.ts";
import { appendArray, appendBulk, appendMap, appendNull } from "../../writer.ts";
import { formsOf } from "./forms.ts";

/** An array of values, null where there is none. */
export const VALUES = formsOf((reply, output, version) => {
  if (reply.type !== "values") return false;
  appendArray(output, reply.values.length);
  for (const value of reply.values) {
    if (value === undefined) appendNull(output, version);
    else appendBulk(output, value);
  }
  return true;
});

/** An array of names. */
export const KEYS = formsOf((reply, output) => {
  if (reply.type !== "keys") return false;
  appendBulks(output, reply.keys);
  return true;
});

/** A map from keys to values. */
export const MAP = formsOf((reply, output, version) => {
  if (reply.type !== "entries") return false;
  appendMap(output, reply.keys.length, version);
  appendPairs(output, reply);
  return true;
});

/** Keys and values in turn: an array of them, and in RESP3 one of pairs. */
export const PAIRS = formsOf((reply, output, version) => {
  if (reply.type !== "entries") return false;
  const { keys, values } = reply;
  appendArray(output, version === 3 ? keys.length : keys.length * 2);
  for (const [index, key] of keys.entries()) {
    if (version === 3) appendArray(output, 2);
    appendPair(output, key, values[index]);
  }
  return true;
});

/** The first of some keys, null when there is none. */
export const FIRST_KEY = formsOf((reply, output, version) => {
  if (reply.type !== "keys") return false;
  const [first] = reply.keys;
  if (first === undefined) appendNull(output, version);
  else appendBulk(output, first);
  return true;
});

/** Where a listing goes on, 0 for nowhere, and an array of names. */
export const NAMES_PAGE = formsOf((reply, output) => {
  if (reply.type !== "page") return false;
  appendCursor(output, reply.cursor);
  appendBulks(output, reply.keys);
  return true;
});

/** Where a listing goes on, 0 for nowhere, and an array of keys and values in turn. */
export const ENTRIES_PAGE = formsOf((reply, output) => {
  if (reply.type !== "page") return false;
  appendCursor(output, reply.cursor);
  appendArray(output, reply.keys.length * 2);
  appendPairs(output, reply);
  return true;
});

/** A page with nothing on it, the last one. */
export const EMPTY_PAGE = formsOf((reply, output) => {
  if (reply.type !== "done") return false;
  appendCursor(output, undefined);
  appendArray(output, 0);
  return true;
});

function appendCursor(output: OutputBuffer, cursor: string | undefined): void {
  appendArray(output, 2);
  appendBulk(output, Buffer.from(cursor ?? "0"));
}

function appendBulks(output: OutputBuffer, items: readonly Uint8Array[]): void {
  appendArray(output, items.length);
  for (const item of items) appendBulk(output, item);
}

function appendPairs(
  output: OutputBuffer,
  entries: { readonly keys: readonly Uint8Array[]; readonly values: readonly Uint8Array[] },
): void {
  const { keys, values } = entries;
  for (const [index, key] of keys.entries()) {
    appendPair(output, key, values[index]);
  }
}

function appendPair(output: OutputBuffer, key: Uint8Array, value: Uint8Array | undefined): void {
  if (value === undefined) throw new Error("an entry has a value");
  appendBulk(output, key);
  appendBulk(output, value);
}
