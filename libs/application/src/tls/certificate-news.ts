import type { TlsMaterial } from "./tls-material.ts";

/** What is told of a certificate. Whoever uses it says it on a channel of its own, and adds which node speaks. */
export interface CertificateEvent {
  readonly type: "certificate-loaded" | "certificate-expires" | "certificate-expired";
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly subject: string;
  readonly expiresAtMs: number;
}

/** Whom a certificate is shown to. */
export type CertificateAudience = "clients" | "nodes";

const AUDIENCES = {
  clients: { loaded: "New connections get the certificate", refusing: "clients" },
  nodes: { loaded: "New links show the certificate", refusing: "other nodes" },
} as const;

/** A certificate is in force. */
export function certificateLoaded(
  audience: CertificateAudience,
  { subject, expiresAtMs }: TlsMaterial,
): CertificateEvent {
  const message = `${AUDIENCES[audience].loaded} of ${subject}, valid until ${dateOf(expiresAtMs)}`;
  return { type: "certificate-loaded", level: "info", message, subject, expiresAtMs };
}

/** It lapses soon. */
export function certificateExpires({ subject, expiresAtMs }: TlsMaterial): CertificateEvent {
  const message = `The certificate of ${subject} expires at ${dateOf(expiresAtMs)}: renew it, and send the node SIGHUP`;
  return { type: "certificate-expires", level: "warn", message, subject, expiresAtMs };
}

/** It has lapsed, and is still in force, for want of another. */
export function certificateExpired(
  audience: CertificateAudience,
  { subject, expiresAtMs }: TlsMaterial,
): CertificateEvent {
  const message = `The certificate of ${subject} expired at ${dateOf(expiresAtMs)}, and ${AUDIENCES[audience].refusing} refuse it: renew it, and send the node SIGHUP`;
  return { type: "certificate-expired", level: "error", message, subject, expiresAtMs };
}

function dateOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
