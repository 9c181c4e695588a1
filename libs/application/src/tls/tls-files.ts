/** The files that TLS needs, as they are configured: relative to where the node was started. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Who signs the certificates of the other ends; `undefined` where nobody looks at those. */
  readonly caFile: string | undefined;
}

/** The keys that name files: they are called so in the environment of every application that speaks TLS. */
export type TlsFileKey = "tlsCertificateFile" | "tlsKeyFile" | "tlsCaFile";
