import { emit } from "../events.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** A certificate is in force. */
export function certificateLoaded(node: string, { subject, expiresAtMs }: TlsMaterial): void {
  const message = `New connections get the certificate of ${subject}, valid until ${dateOf(expiresAtMs)}`;
  emit({ type: "certificate-loaded", level: "info", message, node, subject, expiresAtMs });
}

/** It lapses soon. */
export function certificateExpires(node: string, { subject, expiresAtMs }: TlsMaterial): void {
  const message = `The certificate of ${subject} expires at ${dateOf(expiresAtMs)}: renew it, and send the node SIGHUP`;
  emit({ type: "certificate-expires", level: "warn", message, node, subject, expiresAtMs });
}

/** It has lapsed, and is still in force, for want of another. */
export function certificateExpired(node: string, { subject, expiresAtMs }: TlsMaterial): void {
  const message = `The certificate of ${subject} expired at ${dateOf(expiresAtMs)}, and clients refuse it: renew it, and send the node SIGHUP`;
  emit({ type: "certificate-expired", level: "error", message, node, subject, expiresAtMs });
}

function dateOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
