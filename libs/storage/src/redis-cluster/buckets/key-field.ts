import type { Revision } from "../../store.ts";
import { timeOf, UnknownReply } from "./reply-parts.ts";
import { revisionOf } from "./revision-text.ts";

/** What lies in a key's field. */
export interface KeyField {
  readonly revision: Revision;
  readonly expiresAtMs: number | undefined;
  /** A part of the reply that it was read from. */
  readonly value: Buffer;
}

const SPACE = 0x20;
const NEVER = 0x7e;
const KEPT = 0x6b;

/** What a marker ends with where neither the bucket nor any of its keys may lapse, behind its sequence and its token. */
const FOR_EVER = Buffer.from("t ~ ~ ~ 0 0");

/** Reads `SEQUENCE TOKEN EXPIRES VALUE`. */
export function parseKeyField(bytes: Buffer): KeyField {
  const first = endOfWord(bytes, 0);
  const second = endOfWord(bytes, first + 1);
  const third = endOfWord(bytes, second + 1);
  if (third >= bytes.length) throw new UnknownReply(bytes.toString("latin1"));
  const head = bytes.toString("latin1", 0, second);
  const isForEver = bytes[second + 1] === NEVER && third === second + 2;
  return {
    revision: revisionOf(head.slice(0, first), head.slice(first + 1)),
    expiresAtMs: isForEver ? undefined : timeOf(bytes.toString("latin1", second + 1, third)),
    value: bytes.subarray(third + 1),
  };
}

/** Whether anything of a bucket with this marker may come to its end by itself: then only the server knows whether it is there. */
export function mayLapse(marker: Buffer): boolean {
  const lifetime = endOfWord(marker, endOfWord(marker, 0) + 1) + 1;
  if (marker[lifetime] === KEPT && marker[lifetime + 2] === NEVER) return false;
  if (marker.length !== lifetime + FOR_EVER.length) return true;
  for (let at = 0; at < FOR_EVER.length; at += 1) {
    if (marker[lifetime + at] !== FOR_EVER[at]) return true;
  }
  return false;
}

/** Where the word ends that begins at `start`: words are short, and asking the runtime for the next space takes longer than a look at each byte. */
function endOfWord(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== SPACE) at += 1;
  return at;
}
