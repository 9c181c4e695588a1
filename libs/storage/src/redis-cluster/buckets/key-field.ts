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

/** Reads `SEQUENCE TOKEN EXPIRES VALUE`. */
export function parseKeyField(bytes: Buffer): KeyField {
  const first = bytes.indexOf(SPACE);
  const second = bytes.indexOf(SPACE, first + 1);
  const third = bytes.indexOf(SPACE, second + 1);
  if (first < 0 || second < 0 || third < 0) throw new UnknownReply(bytes.toString("latin1"));
  return {
    revision: revisionOf(
      bytes.toString("latin1", 0, first),
      bytes.toString("latin1", first + 1, second),
    ),
    expiresAtMs: timeOf(bytes.toString("latin1", second + 1, third)),
    value: bytes.subarray(third + 1),
  };
}

/** Whether anything of a bucket with this marker may come to its end by itself: then only the server knows whether it is there. */
export function mayLapse(marker: Buffer): boolean {
  const text = marker.toString("latin1", 0, marker.length);
  return !/^\d+ \S+ (?:k ~ |t ~ ~ ~ 0 0$)/u.test(text);
}
