import type { TLSSocket } from "node:tls";

/** What is wrong with a certificate, by what OpenSSL and Node call it. */
const FAULTS: ReadonlyMap<unknown, string> = new Map([
  ["CERT_HAS_EXPIRED", "that has expired"],
  ["CERT_NOT_YET_VALID", "that is not valid yet"],
  ["INVALID_PURPOSE", "that is not for both ends of a connection"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "that does not name the host it is reached by"],
  ["CERT_SIGNATURE_FAILURE", "of another CA"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "of another CA"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "of another CA"],
  ["UNABLE_TO_GET_ISSUER_CERT", "of another CA"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "of another CA"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "of another CA"],
]);

/**
 * What is wrong with the certificate that the other end has shown, as what is said of that end: `shows a certificate that has
 * expired`. `undefined` when nothing is. To be asked when the handshake is done.
 */
export function certificateFault(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  if (socket.getPeerX509Certificate() === undefined) return "shows no certificate";
  // Typed as an error, and in truth the error's code.
  const code: unknown = socket.authorizationError;
  return `shows a certificate ${FAULTS.get(code) ?? `that is refused (${String(code)})`}`;
}
