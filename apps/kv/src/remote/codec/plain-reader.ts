import type { NodeName } from "@kv/cluster";
import { type Hops, NO_HOPS, parseHops } from "../hops.ts";
import { keyLimitBytes, OPERATION_NUMBER } from "../request.ts";

const GET = OPERATION_NUMBER.get;
const PUT = OPERATION_NUMBER.put;

/** The number of fields, and what stands behind each: no time, no condition. */
const ONE = 1;
const NONE = 0;

/**
 * Reads a request that is a get, or a put of one field without a time and a condition, into offsets: what `RequestDecoder` reads into
 * arrays. One object for all requests, which remembers the hops of the one before.
 */
export class PlainReader {
  isPut = false;
  bucketStart = 0;
  bucketEnd = 0;
  keyStart = 0;
  keyEnd = 0;
  /** Of a put. */
  valueStart = 0;
  valueEnd = 0;
  #hops: Hops = NO_HOPS;

  /** The nodes that have passed the request on. */
  get hops(): readonly NodeName[] {
    return this.#hops.nodes;
  }

  /** Whether `bytes` are one whole request of that kind; if not, no offset means anything. */
  read(bytes: Uint8Array): boolean {
    const operation = byteAt(bytes, 0);
    if (operation !== GET && operation !== PUT) return false;
    this.isPut = operation === PUT;
    const hopsEnd = 3 + byteAt(bytes, 1) + byteAt(bytes, 2) * 256;
    if (hopsEnd > bytes.length || !this.#readHops(bytes, 3, hopsEnd)) return false;
    this.bucketStart = hopsEnd + 1;
    this.bucketEnd = this.bucketStart + byteAt(bytes, hopsEnd);
    if (this.isPut) return this.#readField(bytes, this.bucketEnd);
    this.keyStart = this.bucketEnd + 4;
    this.keyEnd = this.keyStart + u32At(bytes, this.bucketEnd);
    return this.keyEnd === bytes.length && this.keyEnd - this.keyStart <= keyLimitBytes;
  }

  /** Whether a bucket is made or not does not matter where there is one. */
  #readField(bytes: Uint8Array, from: number): boolean {
    const [isFlag, count] = [byteAt(bytes, from) <= 1, u32At(bytes, from + 1)];
    if (!isFlag || count !== ONE) return false;
    this.keyStart = from + 9;
    this.keyEnd = this.keyStart + u32At(bytes, from + 5);
    this.valueStart = this.keyEnd + 4;
    this.valueEnd = this.valueStart + u32At(bytes, this.keyEnd);
    const isPlain =
      byteAt(bytes, this.valueEnd) === NONE && byteAt(bytes, this.valueEnd + 1) === NONE;
    const isWhole = this.valueEnd + 2 === bytes.length;
    return isPlain && isWhole && this.keyEnd - this.keyStart <= keyLimitBytes;
  }

  #readHops(bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#hops.bytes;
    if (known.length === end - start && isAt(known, bytes, start)) return true;
    const hops = parseHops(bytes.subarray(start, end));
    if (hops === undefined || hops.asksFormerOwner === true) return false;
    this.#hops = hops;
    return true;
  }
}

function isAt(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < known.length; index++) {
    if (bytes[start + index] !== known[index]) return false;
  }
  return true;
}

/** Behind the end there is nothing that could stand there. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 256;
}

/** Larger than any length when it reaches beyond the end. */
function u32At(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return 2 ** 33;
  return bytes[at]! + bytes[at + 1]! * 2 ** 8 + bytes[at + 2]! * 2 ** 16 + bytes[at + 3]! * 2 ** 24;
}
