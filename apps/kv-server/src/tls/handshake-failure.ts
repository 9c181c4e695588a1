import type { TLSSocket } from "node:tls";

/** What OpenSSL says of clients' mistakes, in words for an operator. */
const WORDS: ReadonlyMap<unknown, string> = new Map([
  ["ERR_SSL_WRONG_VERSION_NUMBER", "it does not speak TLS"],
  ["ERR_SSL_HTTP_REQUEST", "it does not speak TLS"],
  ["ERR_SSL_UNEXPECTED_MESSAGE", "it does not speak TLS"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "its TLS is older than 1.2"],
  ["ERR_SSL_VERSION_TOO_LOW", "its TLS is older than 1.2"],
  ["ERR_SSL_NO_SHARED_CIPHER", "it has no cipher in common with us"],
  ["ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "it showed no certificate"],
  ["ECONNRESET", "it left in the middle"],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["CERT_NOT_YET_VALID", "its certificate is not valid yet"],
  ["CERT_SIGNATURE_FAILURE", "its certificate is not of the configured CA"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is not of the configured CA"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "its certificate is not of the configured CA"],
  ["UNABLE_TO_GET_ISSUER_CERT", "its certificate is not of the configured CA"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "its certificate is not of the configured CA"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "its certificate is not of the configured CA"],
  ["INVALID_PURPOSE", "its certificate is not one for clients"],
]);

/** Why a handshake failed: what is wrong with the client's certificate, or else what the handshake ended with. */
export function handshakeFailure(
  error: Error,
  socket: Pick<TLSSocket, "authorizationError">,
): string {
  // Typed as an error, and in truth the error's code.
  const refused: unknown = socket.authorizationError;
  if (typeof refused === "string")
    return WORDS.get(refused) ?? `its certificate is refused (${refused})`;
  const code: unknown = Reflect.get(error, "code");
  const reason: unknown = Reflect.get(error, "reason");
  const told = typeof reason === "string" ? reason : error.message;
  return WORDS.get(code) ?? (/alert/iu.test(told) ? `it gave up, saying "${told}"` : told);
}
