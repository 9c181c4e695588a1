/**
 * The line protocol, from replies to bytes. Every line ends with CR LF.
 *
 * ```text
 * reply = [ value CR LF ] "OK" CR LF            the value of a GET: none, an empty line, for a missing key
 *       / "NOT FOUND" CR LF                     there is no such bucket
 *       / "UNKNOWN COMMAND" CR LF
 *       / "ERROR " reason CR LF
 * ```
 */

import type { ValueSink } from "@kv/kv";
import type { OutputBuffer } from "../output-buffer.ts";
import type { Reply } from "../reply.ts";

const LINE_FEED = 0x0a;

/** Above this length a native search beats a loop. */
const loopedBytes = 64;

const OK = Buffer.from("OK\r\n");
const VALUE_END = Buffer.from("\r\nOK\r\n");
const NOT_FOUND = Buffer.from("NOT FOUND\r\n");
const UNKNOWN_COMMAND = Buffer.from("UNKNOWN COMMAND\r\n");
const NOT_SHOWN = Buffer.from("ERROR the value cannot be shown on a line\r\n");
const CONFLICT = Buffer.from("ERROR the condition of the write does not hold\r\n");
const AUTHENTICATION_REQUIRED = Buffer.from("ERROR authentication required\r\n");
const WRONG_PASSWORD = Buffer.from("ERROR wrong name or password\r\n");
const NO_USERS = Buffer.from("ERROR no users are configured: nobody has to log in here\r\n");

/** Appends the lines of `reply` to `output`. */
export function encodeReply(reply: Reply, output: OutputBuffer): void {
  switch (reply.type) {
    case "found":
      appendValue(reply.value, output);
      return;
    case "missing":
      output.append(VALUE_END);
      return;
    case "created":
    case "exists":
    case "stored":
    case "written":
    case "deleted":
    case "nothing-deleted":
    case "authenticated":
    case "done":
      output.append(OK);
      return;
    case "no-bucket":
      output.append(NOT_FOUND);
      return;
    case "unknown-command":
      output.append(UNKNOWN_COMMAND);
      return;
    case "conflict":
      output.append(CONFLICT);
      return;
    case "authentication-required":
      output.append(AUTHENTICATION_REQUIRED);
      return;
    case "wrong-password":
      output.append(WRONG_PASSWORD);
      return;
    case "no-users":
      output.append(NO_USERS);
      return;
    case "refused":
      output.append(Buffer.from(`ERROR ${reply.reason.replaceAll(/[\r\n]+/gu, " ")}\r\n`));
      return;
    case "bucket-expiry":
    case "described":
    case "described-key":
    case "entries":
    case "key-expiries":
    case "key-times":
    case "keys":
    case "not-a-number":
    case "number":
    case "overflow":
    case "page":
    case "values":
      throw new Error(`no line asks for ${reply.type}`);
    default:
      reply satisfies never;
  }
}

/** Takes values to `output` as the reply `found` puts them there. */
export function createValueSink(output: OutputBuffer): ValueSink {
  return (bytes, start, end, words) => {
    if (hasLineFeed(bytes, start, end)) {
      output.append(NOT_SHOWN);
      return;
    }
    output.appendPart(words, start, end);
    output.append(VALUE_END);
  };
}

function hasLineFeed(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > loopedBytes) return bytes.subarray(start, end).includes(LINE_FEED);
  for (let at = start; at < end; at++) if (bytes[at] === LINE_FEED) return true;
  return false;
}

/** A value with a line feed in it, which only another protocol can have put, would end the line early. */
function appendValue(value: Uint8Array, output: OutputBuffer): void {
  if (value.includes(LINE_FEED)) {
    output.append(NOT_SHOWN);
    return;
  }
  output.append(value);
  output.append(VALUE_END);
}
