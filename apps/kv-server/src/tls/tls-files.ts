import type { EnvironmentProblem, TlsFiles } from "@kv/application";
import type { ServerEnvironment } from "../environment.ts";

/** The files of the doors, and what they want of clients. */
export interface DoorTlsFiles extends TlsFiles {
  readonly clientCertificates: ServerEnvironment["tlsClientCertificates"];
}

/** The files that `environment` names; `undefined` when the doors speak no TLS. */
export function tlsFilesOf(environment: ServerEnvironment): DoorTlsFiles | undefined {
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
