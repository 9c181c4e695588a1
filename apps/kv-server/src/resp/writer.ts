/**
 * RESP, from values to bytes.
 *
 * ```text
 * simple  "+" text CR LF          error   "-" text CR LF          integer ":" digits CR LF
 * bulk    "$" length CR LF bytes CR LF                            null    "$-1" CR LF, in RESP3 "_" CR LF
 * array   "*" count CR LF …       map     "%" count CR LF …, in RESP2 an array of twice as many
 * set     "~" count CR LF …, in RESP2 an array
 * text    "=" length CR LF "txt:" bytes CR LF, in RESP2 a bulk
 * ```
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

import type { ValueSink } from "@kv/kv";
import type { OutputBuffer } from "../output-buffer.ts";
import type { RespVersion } from "./conversation.ts";

const CR_LF = Buffer.from("\r\n");
const NULL_2 = Buffer.from("$-1\r\n");
const NULL_3 = Buffer.from("_\r\n");
const TEXT_FORMAT = Buffer.from("txt:");

const dollar = 0x24;
const colon = 0x3a;
const star = 0x2a;
const percent = 0x25;
const tilde = 0x7e;
const equals = 0x3d;

/** The longest number that goes out without becoming text first. */
const largestHeader = 999_999_999;

/** `text`, in UTF-8, has no line break. */
export function appendSimple(output: OutputBuffer, text: string): void {
  output.append(Buffer.from(`+${text}\r\n`));
}

/** `text` begins with the error's code, such as `ERR`; line breaks become spaces. */
export function appendError(output: OutputBuffer, text: string): void {
  output.append(Buffer.from(`-${text.replaceAll(/[\r\n]/gu, " ")}\r\n`, "latin1"));
}

/** A whole number. */
export function appendInteger(output: OutputBuffer, value: number | bigint): void {
  if (typeof value === "number" && value >= 0 && value <= largestHeader) {
    output.appendHeader(colon, value);
  } else {
    output.append(Buffer.from(`:${value}\r\n`));
  }
}

/** Any bytes. */
export function appendBulk(output: OutputBuffer, bytes: Uint8Array): void {
  output.appendHeader(dollar, bytes.length);
  output.append(bytes);
  output.append(CR_LF);
}

/** Takes values to `output` as {@link appendBulk} puts them there. */
export function createValueSink(output: OutputBuffer): ValueSink {
  return (_bytes, start, end, words) => {
    output.appendHeader(dollar, end - start);
    output.appendPart(words, start, end);
    output.append(CR_LF);
  };
}

/** Text in UTF-8. */
export function appendText(output: OutputBuffer, text: string): void {
  appendBulk(output, Buffer.from(text));
}

/** Text in UTF-8 that is meant for people, as INFO's. */
export function appendVerbatim(output: OutputBuffer, text: string, version: RespVersion): void {
  const bytes = Buffer.from(text);
  if (version === 2) {
    appendBulk(output, bytes);
    return;
  }
  output.appendHeader(equals, TEXT_FORMAT.length + bytes.length);
  output.append(TEXT_FORMAT);
  output.append(bytes);
  output.append(CR_LF);
}

/** Nothing is there. */
export function appendNull(output: OutputBuffer, version: RespVersion): void {
  output.append(version === 3 ? NULL_3 : NULL_2);
}

/** The beginning of an array: `count` values follow. */
export function appendArray(output: OutputBuffer, count: number): void {
  output.appendHeader(star, count);
}

/** The beginning of a map: `count` times a key and a value follow. */
export function appendMap(output: OutputBuffer, count: number, version: RespVersion): void {
  if (version === 3) output.appendHeader(percent, count);
  else output.appendHeader(star, count * 2);
}

/** The beginning of a set: `count` values follow, no two alike. */
export function appendSet(output: OutputBuffer, count: number, version: RespVersion): void {
  output.appendHeader(version === 3 ? tilde : star, count);
}
