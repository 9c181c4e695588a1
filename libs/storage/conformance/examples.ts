/** The bucket of the examples. */
export const B = Uint8Array.of(0x62);

/** A key of the examples. */
export const K = Uint8Array.of(0x6b);

/** Another key. */
export const L = Uint8Array.of(0x6c);

/** A value of the examples. */
export const V = Uint8Array.of(1, 2, 3);

/** Another value. */
export const W = Uint8Array.of(4);
