import {
  type CertificateEvent,
  openCertificates,
  systemTime,
  type Time,
  type TlsMaterial as LoadedMaterial,
  unixTimeMs,
  watchExpiry,
} from "@kv/application";
import type { NodeName, TlsMaterial, TlsSource } from "@kv/cluster";
import { emit } from "./events.ts";
import { linkTlsFilesOf, type LinkTlsEnvironment } from "./link-tls.ts";

/** The certificate that this node shows to others. */
export interface LinkCertificates extends Disposable {
  readonly source: TlsSource;
  /** What `status` tells of it. */
  status(): object;
  /** Has the log say when it is about to expire, until it is disposed of. */
  watch(): void;
  /** Reads the files anew, for new links. Rejects with `TLS_UNUSABLE` when they cannot be used; then the former ones stay. */
  reload(): Promise<void>;
}

/** The clocks of {@link openLinkCertificates}; the machine's by default. */
export interface LinkCertificatesClocks {
  readonly time?: Time;
  readonly unixClock?: () => number;
}

/** Reads what `environment` names; `undefined` when links speak no TLS. Rejects with `TLS_UNUSABLE`. */
export async function openLinkCertificates(
  node: NodeName,
  environment: LinkTlsEnvironment,
  { time = systemTime, unixClock = unixTimeMs }: LinkCertificatesClocks = {},
): Promise<LinkCertificates | undefined> {
  const files = linkTlsFilesOf(environment);
  if (files === undefined) return undefined;
  const tell = (event: CertificateEvent): void => emit({ ...event, node });
  const certificates = await openCertificates({
    application: "kv",
    audience: "nodes",
    files,
    unixTimeMs: unixClock,
    tell,
  });
  const closing = new AbortController();
  return {
    source: {
      get current() {
        return materialOf(certificates.current);
      },
      onChange: (listener) => certificates.onChange((material) => listener(materialOf(material))),
    },
    status() {
      const { subject, expiresAtMs } = certificates.current;
      return { certificate: subject, expiresAtMs };
    },
    watch() {
      void watchExpiry({
        audience: "nodes",
        tell,
        current: () => certificates.current,
        unixTimeMs: unixClock,
        time,
        signal: closing.signal,
      });
    },
    reload: () => certificates.reload(),
    [Symbol.dispose]: () => closing.abort(),
  };
}

function materialOf({ certificate, key, ca }: LoadedMaterial): TlsMaterial {
  if (ca === undefined) throw new Error("links over TLS have a CA");
  return { certificate, key, ca };
}
