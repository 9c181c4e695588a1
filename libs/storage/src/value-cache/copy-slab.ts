/** What a slab holds: so much stays in memory for the longest lived of its copies. */
const SLAB_BYTES = 64 * 1024;

/** A larger copy gets an array of its own: below, an allocation costs more than the copying. */
const COPY_LIMIT_BYTES = SLAB_BYTES / 8;

/** Up to here a loop over words is faster than `set` with a view of the source. */
const LOOP_LIMIT_BYTES = 128;

/**
 * Makes copies of small pieces side by side in shared memory: an array of its own would cost each
 * some half a microsecond more from 65 bytes on (measured at 256 bytes to 4 KiB), since that is an
 * allocation outside the heap and one more for the garbage collector to find. A slab is never written
 * to again.
 */
export class CopySlab {
  #bytes = new Uint8Array();
  #words = new Uint32Array();
  #end = Number.POSITIVE_INFINITY;

  /**
   * A copy of `lengthBytes` from `startBytes` on, a multiple of 4, of memory given as bytes and as
   * words. It is the caller's, but for its `buffer`, where other copies lie.
   */
  copy(bytes: Uint8Array, words: Uint32Array, startBytes: number, lengthBytes: number): Uint8Array {
    if (lengthBytes > COPY_LIMIT_BYTES) return bytes.slice(startBytes, startBytes + lengthBytes);
    const place = this.#reserve(lengthBytes);
    if (lengthBytes > LOOP_LIMIT_BYTES) {
      this.#bytes.set(bytes.subarray(startBytes, startBytes + lengthBytes), place);
    } else {
      const copies = this.#words;
      let to = place >>> 2;
      let from = startBytes >>> 2;
      for (const end = from + ((lengthBytes + 3) >>> 2); from < end; )
        copies[to++] = words[from++]!;
    }
    return new Uint8Array(this.#bytes.buffer, place, lengthBytes);
  }

  #reserve(lengthBytes: number): number {
    if (this.#end + lengthBytes > SLAB_BYTES) {
      this.#bytes = new Uint8Array(SLAB_BYTES);
      this.#words = new Uint32Array(this.#bytes.buffer);
      this.#end = 0;
    }
    const place = this.#end;
    this.#end = (place + lengthBytes + 3) & ~3;
    return place;
  }
}
