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
import type { RequestGrammar } from "./request-grammar.ts";

/** Requests as they go over the wire, one after the other: sending some is one write of a view. */
export interface RequestPool {
  readonly bytes: Uint8Array;
  /** Where each request begins, and at the end where the last one ends. */
  readonly offsets: Uint32Array;
  readonly count: number;
}

/** How many values puts take turns with. */
const VALUE_COUNT = 4_096;

/** All that goes into the requests of one stretch of traffic. */
export interface PoolOptions {
  readonly operation: Operation;
  /** The keys to ask for, in turn. */
  readonly drawn: Uint32Array;
  /** What values are drawn from. */
  readonly seed: number;
}

/**
 * Makes a get or a put as `grammar` has it for each of the keys drawn. They are made before the traffic, so that while it
 * runs the generator does nothing but send and count.
 */
export function buildRequests(grammar: RequestGrammar, options: PoolOptions): RequestPool {
  const { operation, drawn, seed } = options;
  const count = drawn.length;
  const values = drawValues(VALUE_COUNT, seed);
  const bytes = Buffer.allocUnsafe(count * longestRequestBytes(grammar));
  const offsets = new Uint32Array(count + 1);
  const blankKey = makeKey();
  let length = 0;
  const append = (part: Uint8Array): void => {
    bytes.set(part, length);
    length += part.length;
  };
  for (const [at, index] of drawn.entries()) {
    const isPut = operation === "put" || (operation === "mixed" && at % 2 === 0);
    append(isPut ? grammar.start.put : grammar.start.get);
    append(bucketNames[bucketOf(index)] ?? blankKey);
    append(grammar.beforeKey);
    append(blankKey);
    writeKeyDigits(bytes, length - KEY_BYTES, index);
    if (isPut) {
      const value = values[at % VALUE_COUNT] ?? blankKey;
      append(grammar.beforeValue[value.length] ?? blankKey);
      append(value);
    }
    append(grammar.end);
    offsets[at + 1] = length;
  }
  return { bytes: bytes.subarray(0, length), offsets, count };
}

function longestRequestBytes({ start, beforeKey, beforeValue, end }: RequestGrammar): number {
  const bucketBytes = bucketNames[0]?.length ?? 0;
  const valueBytes = (beforeValue[VALUE_BYTES.most]?.length ?? 0) + VALUE_BYTES.most;
  const around = Math.max(start.get.length, start.put.length) + beforeKey.length + end.length;
  return around + bucketBytes + KEY_BYTES + valueBytes;
}
