/** What a node shows of itself, and by what it judges what others show; each as PEM. */
export interface TlsMaterial {
  readonly certificate: Uint8Array | string;
  readonly key: Uint8Array | string;
  /** Who may have signed the certificates of nodes. The certificate of a node names the host it is dialled by. */
  readonly ca: Uint8Array | string;
}

/** Material that may be renewed. */
export interface TlsSource {
  /** What the next handshake is made with. */
  readonly current: TlsMaterial;
  /** Tells `listener` of each later one; the answer ends that. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
}

/** What Node's TLS takes, at either end. */
export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
  readonly minVersion: "TLSv1.3";
  readonly requestCert: true;
  /**
   * Both have to show a certificate that is good at the other end. That is judged by whoever has the socket, before it reads
   * anything: so that an end which is turned away can be told why.
   */
  readonly rejectUnauthorized: false;
}

/** Those for `material`. */
export function tlsOptions({ certificate, key, ca }: TlsMaterial): TlsOptions {
  return {
    cert: Buffer.from(certificate),
    key: Buffer.from(key),
    ca: Buffer.from(ca),
    minVersion: "TLSv1.3",
    requestCert: true,
    rejectUnauthorized: false,
  };
}
