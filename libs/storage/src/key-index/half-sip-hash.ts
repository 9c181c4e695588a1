/**
 * A hash of the bytes from `start` to `end` of an array, another one for every `salt` of 32 bits. The
 * hash is 32 bits as a signed number, which the engine keeps in a register where an unsigned one
 * would become an object.
 */
export type KeyHash = (bytes: Uint8Array, start: number, end: number, salt: number) => number;

/**
 * HalfSipHash-1-3 with 32 bits of output, keyed with the first 8 bytes of `seed`; the salt is added to
 * the last four of them, bit by bit.
 *
 * Clients choose the keys, so a hash that they can compute would let them put all of theirs into
 * one chain. SipHash (J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012)
 * was made against that; this is its variant on 32-bit words by the same authors, with one round
 * for each word and three at the end, as hash tables use it. The function returned is stable: the
 * same seed gives the same hashes in every run, and so the same order of listing.
 */
export function halfSipHash(seed: Uint8Array): KeyHash {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
  const key0 = view.getInt32(0, true);
  const key1 = view.getInt32(4, true);
  return (bytes, start, end, salt) => {
    const salted1 = key1 ^ salt;
    let v0 = key0;
    let v1 = salted1;
    let v2 = 0x6c796765 ^ key0;
    let v3 = 0x74656462 ^ salted1;
    let at = start;
    for (const last = end - 3; at < last; at += 4) {
      const word =
        bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    // The last word: what is left of the bytes, and their number in its highest byte.
    let word = (end - start) << 24;
    if (at < end) word |= bytes[at]!;
    if (at + 1 < end) word |= bytes[at + 1]! << 8;
    if (at + 2 < end) word |= bytes[at + 2]! << 16;
    v3 ^= word;
    for (let round = 0; round < 4; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round > 0) continue;
      // One round for the word; the other three close the hash.
      v0 ^= word;
      v2 ^= 0xff;
    }
    return v1 ^ v3;
  };
}
