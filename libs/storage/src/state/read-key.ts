import type { KeyIndex } from "../key-index/key-index.ts";
import type { KeyOutcome } from "../store.ts";
import type { Finding } from "./decision.ts";
import { findKey, type GetRequest } from "./find-key.ts";
import { expiryOf } from "./look-up.ts";
import { mutationNumber } from "./mutation-number.ts";

/** What there is to say of a key without its value: all of it is in the index. */
export function readKey(index: KeyIndex, request: GetRequest, nowMs: number): Finding<KeyOutcome> {
  const { type, entry, restsOn } = findKey(index, request, nowMs);
  if (type !== "entry") return { outcome: { type }, restsOn };
  const revision = mutationNumber(index.revision(entry));
  const expiresAtMs = expiryOf(index.expiresAtMs(entry));
  const valueBytes = index.valueBytes(entry);
  return { outcome: { type: "found", revision, expiresAtMs, valueBytes }, restsOn };
}
