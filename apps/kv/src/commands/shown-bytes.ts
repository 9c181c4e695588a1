import type { Invocation } from "@kv/application";
import { quoteBytes } from "../quote-bytes.ts";
import { base64Of, bytesIn } from "./byte-form.ts";
import { formOf } from "./name-arguments.ts";

/** The bytes of the member `name` of an item, as the operator wants to see them on a line. */
export function shownMember(
  item: Readonly<Record<string, unknown>>,
  name: string,
  typed: Invocation,
): string {
  const bytes = bytesIn(item, name) ?? new Uint8Array();
  return formOf(typed) === "base64" ? base64Of(bytes) : shownBytes(bytes);
}

/**
 * Bytes on one line for people: text as it is, but for what would leave the line or disturb a terminal, which is shown as
 * `\xNN`, as are bytes that are no text.
 */
export function shownBytes(bytes: Uint8Array): string {
  return quoteBytes(bytes).slice(1, -1).replaceAll(String.raw`\x22`, `"`);
}

/** As {@link shownBytes}, but with the lines and tabs that a value may well have. */
export function shownLines(bytes: Uint8Array): string {
  return shownBytes(bytes).replaceAll(String.raw`\x0a`, "\n").replaceAll(String.raw`\x09`, "\t");
}
