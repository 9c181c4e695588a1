import { copyPart } from "@kv/storage";
import type { Hops } from "../hops.ts";
import type { PlainAsk } from "../plain-ask.ts";
import { keyLimitBytes } from "../request.ts";
import { WordsMemo } from "../words-memo.ts";
import { PLAIN_FIELD_BYTES, storeHead } from "./encode-hot-request.ts";
import { storeU32 } from "./store-bytes.ts";

const targets = new WordsMemo();

/** How many bytes `ask` takes behind these hops. Throws a `RangeError` for a key that no node would take. */
export function measurePlain({ bytes }: Hops, ask: PlainAsk): number {
  const keyBytes = ask.end - ask.start;
  if (keyBytes > keyLimitBytes) {
    throw new RangeError(`Cannot send a key of ${keyBytes} bytes: ${keyLimitBytes} is the most`);
  }
  const headBytes = 3 + bytes.length + 1 + ask.bucket.length;
  if (ask.type === "get") return headBytes + 4 + keyBytes;
  return headBytes + 1 + 4 + keyBytes + ask.valueEnd - ask.valueStart + PLAIN_FIELD_BYTES;
}

/** Writes `ask`, which was measured, to `target` from `at` on: the bytes of `encodeGet` and `encodePut`, without a view of key and value. */
// oxlint-disable-next-line max-params -- once for each request: an object would be made for each
export function encodePlain(target: Uint8Array, at: number, hops: Hops, ask: PlainAsk): void {
  const words = targets.of(target);
  const { byteOffset } = target;
  const { type, bucket, start, end, valueStart, valueEnd } = ask;
  let next = storeHead(target, at, { type, hops, bucket });
  if (type === "put") {
    target[next] = ask.createsBucket ? 1 : 0;
    next = storeU32(target, next + 1, 1);
  }
  next = storeU32(target, next, end - start);
  copyPart(ask.words, start, end, words, byteOffset + next);
  if (type === "get") return;
  next = storeU32(target, next + end - start, valueEnd - valueStart);
  copyPart(ask.valueWords, valueStart, valueEnd, words, byteOffset + next);
  next += valueEnd - valueStart;
  // Neither a time nor a condition.
  target[next] = 0;
  target[next + 1] = 0;
}
