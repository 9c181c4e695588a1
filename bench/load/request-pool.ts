import {
  bucketNames,
  bucketOf,
  drawValues,
  KEY_BYTES,
  makeKey,
  VALUE_BYTES,
  writeKeyDigits,
} from "../data/population.ts";
import type { Operation } from "../data/traffic.ts";

/** Requests as they go over the wire, one after the other: sending some is one write of a view. */
export interface RequestPool {
  readonly bytes: Uint8Array;
  /** Where each request begins, and at the end where the last one ends. */
  readonly offsets: Uint32Array;
  readonly count: number;
}

/** How many values puts take turns with. */
const VALUE_COUNT = 4_096;

const VERBS = { get: Buffer.from("GET "), put: Buffer.from("PUT ") } as const;
const SPACE = 0x20;
const LINE_END = Buffer.from("\r\n");
const LONGEST_REQUEST_BYTES =
  VERBS.put.length +
  (bucketNames[0]?.length ?? 0) +
  1 +
  KEY_BYTES +
  1 +
  VALUE_BYTES.most +
  LINE_END.length;

/**
 * Makes a request of the line protocol, `GET bucket key` or `PUT bucket key value`, for each of the keys `drawn`. They are
 * made before the traffic, so that while it runs the generator does nothing but send and count.
 */
export function buildRequests(operation: Operation, drawn: Uint32Array, seed: number): RequestPool {
  const count = drawn.length;
  const values = drawValues(VALUE_COUNT, seed);
  const bytes = Buffer.allocUnsafe(count * LONGEST_REQUEST_BYTES);
  const offsets = new Uint32Array(count + 1);
  const blankKey = makeKey();
  let length = 0;
  const append = (part: Uint8Array): void => {
    bytes.set(part, length);
    length += part.length;
  };
  for (const [at, index] of drawn.entries()) {
    const isPut = operation === "put" || (operation === "mixed" && at % 2 === 0);
    append(isPut ? VERBS.put : VERBS.get);
    append(bucketNames[bucketOf(index)] ?? blankKey);
    bytes[length++] = SPACE;
    append(blankKey);
    writeKeyDigits(bytes, length - KEY_BYTES, index);
    if (isPut) {
      bytes[length++] = SPACE;
      append(values[at % VALUE_COUNT] ?? blankKey);
    }
    append(LINE_END);
    offsets[at + 1] = length;
  }
  return { bytes: bytes.subarray(0, length), offsets, count };
}
