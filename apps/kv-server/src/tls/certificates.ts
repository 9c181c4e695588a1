import { ServerError } from "../errors.ts";
import { loadTls } from "./load-tls.ts";
import type { TlsFiles } from "./tls-files.ts";
import { certificateLoaded } from "./tls-log.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** What {@link openCertificates} is given. */
export interface CertificatesOptions {
  /** The node that speaks in the log. */
  readonly node: string;
  readonly files: TlsFiles;
  /** Milliseconds of the Unix clock. */
  readonly unixTimeMs: () => number;
}

/** The node's certificate and key, read from their files, for the handshakes of all its doors. */
export interface Certificates {
  readonly clientCertificates: TlsFiles["clientCertificates"];
  readonly current: TlsMaterial;
  /** Tells `listener` of each later one; the answer ends that. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
  /**
   * Reads the files anew. Rejects with `SERVER_TLS_UNUSABLE` when they cannot be used; then the former ones stay. Not
   * to be called again before it has settled.
   */
  reload(): Promise<void>;
}

/** Reads the files; rejects with `SERVER_TLS_UNUSABLE`. */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const { files, node } = options;
  const listeners = new Set<(material: TlsMaterial) => void>();
  let current = await read(options);
  certificateLoaded(node, current);
  return {
    clientCertificates: files.clientCertificates,
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async reload() {
      current = await read(options);
      certificateLoaded(node, current);
      for (const listener of listeners) listener(current);
    },
  };
}

async function read({ files, unixTimeMs }: CertificatesOptions): Promise<TlsMaterial> {
  const loaded = await loadTls(files, unixTimeMs());
  if (loaded.type === "loaded") return loaded.material;
  throw new ServerError("SERVER_TLS_UNUSABLE", { problems: loaded.problems });
}
