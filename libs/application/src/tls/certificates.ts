import { ApplicationError } from "../errors.ts";
import {
  type CertificateAudience,
  type CertificateEvent,
  certificateLoaded,
} from "./certificate-news.ts";
import { loadTls } from "./load-tls.ts";
import type { TlsFiles } from "./tls-files.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** What {@link openCertificates} is given. */
export interface CertificatesOptions {
  /** Whose environment names the files. */
  readonly application: string;
  readonly audience: CertificateAudience;
  readonly files: TlsFiles;
  /** Milliseconds of the Unix clock. */
  readonly unixTimeMs: () => number;
  /** Told of each certificate that is in force from now on. */
  readonly tell: (event: CertificateEvent) => void;
}

/** A certificate and its key, read from their files, for handshakes. */
export interface Certificates {
  readonly current: TlsMaterial;
  /** Tells `listener` of each later one; the answer ends that. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
  /**
   * Reads the files anew. Rejects with `TLS_UNUSABLE` when they cannot be used; then the former ones stay. Not to be
   * called again before it has settled.
   */
  reload(): Promise<void>;
}

/** Reads the files; rejects with `TLS_UNUSABLE`. */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const { audience, tell } = options;
  const listeners = new Set<(material: TlsMaterial) => void>();
  let current = await read(options);
  tell(certificateLoaded(audience, current));
  return {
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async reload() {
      current = await read(options);
      tell(certificateLoaded(audience, current));
      for (const listener of listeners) listener(current);
    },
  };
}

async function read({ application, files, unixTimeMs }: CertificatesOptions): Promise<TlsMaterial> {
  const loaded = await loadTls(files, unixTimeMs());
  if (loaded.type === "loaded") return loaded.material;
  throw new ApplicationError("TLS_UNUSABLE", { application, problems: loaded.problems });
}
