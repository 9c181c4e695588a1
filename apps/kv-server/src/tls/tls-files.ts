import type { EnvironmentProblem } from "@kv/application";
import type { ServerEnvironment } from "../environment.ts";

/** The files that TLS needs, as they are configured: relative to where the node was started. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string | undefined;
  readonly clientCertificates: ServerEnvironment["tlsClientCertificates"];
}

/** The keys that name files. */
export type TlsFileKey = "tlsCertificateFile" | "tlsKeyFile" | "tlsCaFile";

/** The files that `environment` names; `undefined` when the doors speak no TLS. */
export function tlsFilesOf(environment: ServerEnvironment): TlsFiles | undefined {
  const { tlsCertificateFile, tlsKeyFile, tlsCaFile, tlsClientCertificates } = environment;
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined;
  return {
    certificateFile: tlsCertificateFile,
    keyFile: tlsKeyFile,
    caFile: tlsCaFile,
    clientCertificates: tlsClientCertificates,
  };
}

/** What does not go together: half of a pair, or a wish that nothing would come of. */
export function checkTls(environment: ServerEnvironment): readonly EnvironmentProblem[] {
  const { tlsCertificateFile, tlsKeyFile, tlsCaFile, tlsClientCertificates } = environment;
  const hasCertificate = tlsCertificateFile !== undefined;
  const asksClients = tlsClientCertificates !== "none";
  const problems: EnvironmentProblem[] = [];
  const complain = (key: string, expected: string): void => void problems.push({ key, expected });
  if (hasCertificate && tlsKeyFile === undefined)
    complain("tlsKeyFile", "expected the key of tlsCertificateFile's certificate; TLS needs both");
  if (!hasCertificate && tlsKeyFile !== undefined)
    complain("tlsCertificateFile", "expected the certificate of tlsKeyFile's key; TLS needs both");
  if (asksClients && !hasCertificate && tlsKeyFile === undefined)
    complain(
      "tlsClientCertificates",
      `expected "none" while the listeners speak no TLS; set tlsCertificateFile and tlsKeyFile`,
    );
  if (asksClients && tlsCaFile === undefined)
    complain("tlsCaFile", "expected the CA that signs the certificates asked of clients");
  if (!asksClients && tlsCaFile !== undefined)
    complain(
      "tlsClientCertificates",
      `expected "request" or "require" beside tlsCaFile, which is only for the certificates of clients`,
    );
  return problems;
}
