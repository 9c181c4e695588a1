import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";

const run = promisify(execFile);
const openssl = findProgram("openssl");

/** Why tests with certificates are left out here, `false` where they are not. */
export const withoutOpenssl: string | false =
  openssl === undefined
    ? "there is no openssl here to make certificates (Debian: apt-get install openssl)"
    : false;

/** A certificate and its key, by their files. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What a certificate says. */
export interface CertificateTerms {
  /** `DNS:localhost,IP:127.0.0.1` by default. */
  readonly alternativeNames?: string;
  /** As OpenSSL writes times, YYYYMMDDHHMMSSZ; a hundred years from 2000 on by default. */
  readonly from?: string;
  readonly until?: string;
}

/** Somebody who signs certificates, with a folder for them. */
export interface CertificateAuthority {
  /** Its own certificate. */
  readonly caFile: string;
  /** Makes a certificate for `name`, which is also that of its files. */
  issue(name: string, terms?: CertificateTerms): Promise<CertificateFiles>;
}

/** Makes an authority of that name in `directory`, which is made. Its certificates are real, and nobody else's. */
export async function openAuthority(
  directory: string,
  name = "test authority",
): Promise<CertificateAuthority> {
  await mkdir(directory, { recursive: true });
  const at = (file: string): string => join(directory, file);
  const caKey = at("ca.key");
  const caFile = at("ca.pem");
  await writeFile(at("index.txt"), "");
  await writeFile(at("openssl.cnf"), configuration(directory));
  await makeKey(caKey);
  const self = ["-x509", "-new", "-key", caKey, "-out", caFile, "-days", "3650"];
  await call("req", ...self, "-subj", `/CN=${name}`, "-config", at("openssl.cnf"));
  return {
    caFile,
    async issue(subject, terms = {}) {
      const { alternativeNames = "DNS:localhost,IP:127.0.0.1" } = terms;
      const { from = "20000101000000Z", until = "20991231235959Z" } = terms;
      const files = { certificateFile: at(`${subject}.pem`), keyFile: at(`${subject}.key`) };
      const request = at(`${subject}.csr`);
      const extensions = at(`${subject}.ext`);
      await makeKey(files.keyFile);
      await writeFile(extensions, `subjectAltName=${alternativeNames}\n`);
      const config = ["-config", at("openssl.cnf")];
      const key = ["-key", files.keyFile, "-out", request];
      await call("req", "-new", ...key, "-subj", `/CN=${subject}`, ...config);
      const span = ["-startdate", from, "-enddate", until];
      const paths = ["-in", request, "-out", files.certificateFile, "-extfile", extensions];
      await call("ca", "-batch", "-notext", "-rand_serial", ...config, ...span, ...paths);
      return files;
    },
  };
}

/** A key on a curve: made at once, and its handshakes are cheap. */
async function makeKey(file: string): Promise<void> {
  const curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
  await call("genpkey", ...curve, "-out", file);
}

async function call(...words: readonly string[]): Promise<void> {
  await run(openssl ?? "openssl", words);
}

function configuration(directory: string): string {
  return `[ca]
default_ca = authority
[authority]
dir = ${directory}
database = $dir/index.txt
serial = $dir/serial
new_certs_dir = $dir
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
policy = names
unique_subject = no
[names]
commonName = supplied
[req]
distinguished_name = names_asked
x509_extensions = authority_extensions
[names_asked]
[authority_extensions]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
`;
}
