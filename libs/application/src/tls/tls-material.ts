/** What handshakes are made with. */
export interface TlsMaterial {
  /** PEM: the node's certificate, and those between it and its CA. */
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  /** PEM: who signs the certificates of the other ends. */
  readonly ca: Uint8Array | undefined;
  /** Whose certificate it is, as a person reads it. */
  readonly subject: string;
  /** By the Unix clock. */
  readonly expiresAtMs: number;
}
