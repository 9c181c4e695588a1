/**
 * RESP, from values to bytes.
 *
 * ```text
 * simple  "+" text CR LF          error   "-" text CR LF          integer ":" digits CR LF
 * bulk    "$" length CR LF bytes CR LF                            null    "$-1" CR LF, in RESP3 "_" CR LF
 * array   "*" count CR LF …       map     "%" count CR LF …, in RESP2 an array of twice as many
 * ```
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

import type { OutputBuffer } from "../output-buffer.ts";
import type { RespVersion } from "./conversation.ts";

const CR_LF = Buffer.from("\r\n");
const NULL_2 = Buffer.from("$-1\r\n");
const NULL_3 = Buffer.from("_\r\n");

/** `text` has no line break. */
export function appendSimple(output: OutputBuffer, text: string): void {
  output.append(Buffer.from(`+${text}\r\n`));
}

/** `text` begins with the error's code, such as `ERR`; line breaks become spaces. */
export function appendError(output: OutputBuffer, text: string): void {
  output.append(Buffer.from(`-${text.replaceAll(/[\r\n]+/gu, " ")}\r\n`));
}

/** A whole number. */
export function appendInteger(output: OutputBuffer, value: number | bigint): void {
  output.append(Buffer.from(`:${value}\r\n`));
}

/** Any bytes. */
export function appendBulk(output: OutputBuffer, bytes: Uint8Array): void {
  output.append(Buffer.from(`$${bytes.length}\r\n`));
  output.append(bytes);
  output.append(CR_LF);
}

/** Nothing is there. */
export function appendNull(output: OutputBuffer, version: RespVersion): void {
  output.append(version === 3 ? NULL_3 : NULL_2);
}

/** The beginning of an array: `count` values follow. */
export function appendArray(output: OutputBuffer, count: number): void {
  output.append(Buffer.from(`*${count}\r\n`));
}

/** The beginning of a map: `count` times a key and a value follow. */
export function appendMap(output: OutputBuffer, count: number, version: RespVersion): void {
  output.append(Buffer.from(version === 3 ? `%${count}\r\n` : `*${count * 2}\r\n`));
}
