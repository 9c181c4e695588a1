/** By the codes that Node and OpenSSL give an error of a handshake. */
const REASONS = new Map([
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for other names"],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["CERT_NOT_YET_VALID", "its certificate is not valid yet"],
  ["EPROTO", "it does not speak TLS, or not as we do"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "it does not speak TLS"],
]);

/** The signature leads to nobody who was named to be trusted. */
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What is wrong with a server's certificate, with the code by which more is found of it; `undefined` for an error that is about something else. */
export function certificateReason(error: Error): string | undefined {
  const code = "code" in error ? String(error.code) : "";
  const reason = UNTRUSTED.has(code)
    ? "its certificate is signed by nobody who is trusted here"
    : REASONS.get(code);
  return reason === undefined ? undefined : `${reason} (${code})`;
}
