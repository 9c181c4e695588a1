/** What a node shows of itself, and by what it judges what others show; each as PEM. */
export interface TlsMaterial {
  readonly certificate: Uint8Array | string;
  readonly key: Uint8Array | string;
  /** Who may have signed the certificates of nodes. The certificate of a node names the host it is dialled by. */
  readonly ca: Uint8Array | string;
}

/** What Node's TLS takes, at either end: both have to show a certificate. */
export function tlsOptions({ certificate, key, ca }: TlsMaterial): {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
  readonly minVersion: "TLSv1.3";
  readonly rejectUnauthorized: true;
  readonly requestCert: true;
} {
  return {
    cert: Buffer.from(certificate),
    key: Buffer.from(key),
    ca: Buffer.from(ca),
    minVersion: "TLSv1.3",
    rejectUnauthorized: true,
    requestCert: true,
  };
}
