/** Stores the low 32 bits of a whole number, little-endian, at `at`. */
export function storeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/**
 * Stores a whole number from -(2^53 - 1) to 2^53 - 1 in eight bytes, two's complement, little-endian:
 * what `setBigInt64` would, without making a `BigInt` first.
 */
export function storeI64(bytes: Uint8Array, at: number, value: number): void {
  const low = value >>> 0;
  storeU32(bytes, at, low);
  storeU32(bytes, at + 4, (value - low) / 2 ** 32);
}

/** Loads what {@link storeU32} stored. */
export function loadU32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}

/** Loads eight bytes as a whole number from 0 up: exact below 2^53, otherwise 2^53 or more. */
export function loadU64(bytes: Uint8Array, at: number): number {
  return loadU32(bytes, at + 4) * 2 ** 32 + loadU32(bytes, at);
}

/** Loads eight bytes as a whole number: exact between -(2^53) and 2^53, otherwise beyond these. */
export function loadI64(bytes: Uint8Array, at: number): number {
  return (loadU32(bytes, at + 4) | 0) * 2 ** 32 + loadU32(bytes, at);
}
