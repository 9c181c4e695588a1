/** How long either end may take to prove itself and to say what it wants, in milliseconds. A person does not type here. */
export const handshakeMs = 5_000;

/** Longest frame before the other end has proved itself, in bytes: all there is to say then has a few hundred. */
export const strangerFrameBytes = 4 * 1024;

/**
 * Longest frame between ends that know each other, in bytes. The largest values there are by default, 64 MiB, in base64
 * and with a key beside them, take 86 MiB.
 */
export const frameBytes = 128 * 1024 * 1024;

/** Connections at a time, strangers included. An operator and some scripts; what goes beyond it has run wild. */
export const connectionLimit = 32;
