import { type BucketName, bucketNameLimitBytes, parseBucketName } from "./bucket-name.ts";

/** A power of two: clients that go round a few buckets keep their places too. */
const places = 8;

/**
 * The latest bucket names of a connection: nearly always a request names the bucket of the one before. A name that is
 * remembered costs a comparison instead of a view and a check, and is the same object each time.
 */
export class BucketMemo {
  readonly #names: (BucketName | undefined)[] = Array.from({ length: places }, () => undefined);

  /**
   * The name in `bytes` from `start` to `end`, in memory of its own that nobody writes to; `undefined` when it is empty or
   * too long.
   */
  named(bytes: Uint8Array, start: number, end: number): BucketName | undefined {
    const length = end - start;
    if (length === 0 || length > bucketNameLimitBytes) return undefined;
    const place = (length ^ byteAt(bytes, start) ^ (byteAt(bytes, end - 1) << 1)) & (places - 1);
    const known = this.#names[place];
    if (known !== undefined && known.length === length && isAt(known, bytes, start)) return known;
    const name = new Uint8Array(length);
    for (let index = 0; index < length; index++) name[index] = byteAt(bytes, start + index);
    return (this.#names[place] = parseBucketName(name));
  }
}

function isAt(name: BucketName, bytes: Uint8Array, start: number): boolean {
  const { length } = name;
  for (let index = 0; index < length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return true;
}

/** Whoever asks knows that it is there. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
