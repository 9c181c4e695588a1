import {
  type Certificates,
  type ExpiryWatchOptions,
  openCertificates,
  watchExpiry,
} from "@kv/application";
import { emit } from "../events.ts";
import type { DoorTlsFiles } from "./tls-files.ts";

/** What {@link openDoorCertificates} is given. */
export interface DoorCertificatesOptions {
  /** The node that speaks in the log. */
  readonly node: string;
  readonly files: DoorTlsFiles;
  /** Milliseconds of the Unix clock. */
  readonly unixTimeMs: () => number;
}

/** The node's certificate and key, for the handshakes of all its doors, and what those want of clients. */
export interface DoorCertificates extends Certificates {
  readonly clientCertificates: DoorTlsFiles["clientCertificates"];
}

/** Reads the files; rejects with `TLS_UNUSABLE`. */
export async function openDoorCertificates({
  node,
  files,
  unixTimeMs,
}: DoorCertificatesOptions): Promise<DoorCertificates> {
  const certificates = await openCertificates({
    application: "kv-server",
    audience: "clients",
    files,
    unixTimeMs,
    tell: (event) => emit({ ...event, node }),
  });
  return {
    clientCertificates: files.clientCertificates,
    get current() {
      return certificates.current;
    },
    onChange: (listener) => certificates.onChange(listener),
    reload: () => certificates.reload(),
  };
}

/** Has the log say when the certificate in force is about to expire; see `watchExpiry`. */
export async function watchDoorCertificates(
  node: string,
  options: Omit<ExpiryWatchOptions, "audience" | "tell">,
): Promise<void> {
  await watchExpiry({ ...options, audience: "clients", tell: (event) => emit({ ...event, node }) });
}
