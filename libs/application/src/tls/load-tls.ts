import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { getBuiltinModule } from "node:process";
import type { EnvironmentProblem } from "../application.ts";
import type { TlsFileKey, TlsFiles } from "./tls-files.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** A file longer than this holds no certificates. In bytes. */
const fileLimitBytes = 1024 * 1024;

/** What came of reading the files. The problems name keys, files and the way out, and no secret. */
export type LoadedTls =
  | { readonly type: "loaded"; readonly material: TlsMaterial }
  | { readonly type: "unusable"; readonly problems: readonly EnvironmentProblem[] };

/** Reads and judges the files, by the Unix clock; all that is wrong with them is told together. */
export async function loadTls(files: TlsFiles, nowMs: number): Promise<LoadedTls> {
  const problems: EnvironmentProblem[] = [];
  const attempt = async <Value>(key: TlsFileKey, make: () => Value | Promise<Value>) => {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      problems.push({ key, expected: error.message });
      return undefined;
    }
  };
  const { certificateFile, keyFile, caFile } = files;
  const certificate = await attempt("tlsCertificateFile", async () =>
    readCertificate(await readPublic(certificateFile), { path: certificateFile, nowMs }),
  );
  const key = await attempt("tlsKeyFile", () => readKey(keyFile));
  const ca =
    caFile === undefined ? undefined : await attempt("tlsCaFile", () => readAuthorities(caFile));
  if (problems.length === 0 && certificate !== undefined && key !== undefined) {
    const { leaf, pem } = certificate;
    const material = {
      certificate: pem,
      key: key.pem,
      ca,
      subject: subjectOf(leaf),
      expiresAtMs: leaf.validToDate.getTime(),
    };
    await attempt("tlsKeyFile", () => judgePair(leaf, key.key, files));
    if (problems.length === 0)
      await attempt("tlsCertificateFile", () => judgeTogether(material, certificateFile));
    if (problems.length === 0) return { type: "loaded", material };
  }
  return { type: "unusable", problems };
}

/** A file that cannot be what it is configured as: the message is for an operator. */
class UnusableFile extends Error {
  constructor(expected: string, path: string, reason: string) {
    super(`expected ${expected}, got "${path}": ${reason}`);
  }
}

interface Judgement {
  readonly path: string;
  readonly nowMs: number;
}

interface Certificate {
  readonly pem: Uint8Array;
  readonly leaf: X509Certificate;
}

function readCertificate(pem: Uint8Array, { path, nowMs }: Judgement): Certificate {
  const expected = "a certificate in PEM";
  const leaf = parsed(() => new X509Certificate(pem), expected, path);
  const { validFromDate, validToDate } = leaf;
  if (nowMs >= validToDate.getTime())
    throw new UnusableFile(
      "a certificate that is valid now",
      path,
      `it expired at ${validToDate.toISOString()}; renew it`,
    );
  if (nowMs < validFromDate.getTime())
    throw new UnusableFile(
      "a certificate that is valid now",
      path,
      `it is not valid before ${validFromDate.toISOString()}; look at this machine's clock`,
    );
  return { pem, leaf };
}

interface Key {
  readonly pem: Uint8Array;
  readonly key: KeyObject;
}

async function readKey(path: string): Promise<Key> {
  const { bytes: pem, mode } = await readBounded(path);
  // Windows has other rights, of which these bits say nothing.
  if (process.platform !== "win32" && (mode & constants.S_IROTH) !== 0)
    throw new UnusableFile("a key that is secret", path, "everybody can read it; chmod o-r it");
  const expected = "a private key in PEM, without a passphrase";
  return { pem, key: parsed(() => createPrivateKey(Buffer.from(pem)), expected, path) };
}

async function readAuthorities(path: string): Promise<Uint8Array> {
  const pem = await readPublic(path);
  parsed(() => new X509Certificate(pem), "certificates of a CA in PEM", path);
  return pem;
}

function judgePair(leaf: X509Certificate, key: KeyObject, files: TlsFiles): void {
  if (leaf.checkPrivateKey(key)) return;
  const expected = `the key of the certificate in "${files.certificateFile}"`;
  throw new UnusableFile(expected, files.keyFile, "it is the key of another one");
}

/** Finds what only OpenSSL knows: a key that is too short, a chain that is cut. */
function judgeTogether({ certificate, key, ca }: TlsMaterial, path: string): void {
  const contextOf = (): unknown =>
    // Not before somebody has a certificate: it takes 4 MB.
    getBuiltinModule("node:tls").createSecureContext({
      cert: Buffer.from(certificate),
      key: Buffer.from(key),
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
    });
  parsed(contextOf, "certificate, key and CA that TLS can use", path);
}

/** `make()`, whose failures are all about what is in the file. */
function parsed<Value>(make: () => Value, expected: string, path: string): Value {
  try {
    return make();
  } catch (error) {
    throw new UnusableFile(expected, path, error instanceof Error ? error.message : String(error));
  }
}

async function readPublic(path: string): Promise<Uint8Array> {
  return (await readBounded(path)).bytes;
}

async function readBounded(path: string): Promise<{ bytes: Uint8Array; mode: number }> {
  try {
    // Not blocking: what is named may be a pipe that nobody writes to.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) throw new UnusableFile("a file", path, "it is something else");
    if (status.size > fileLimitBytes)
      throw new UnusableFile("a file in PEM", path, `it is longer than ${fileLimitBytes} bytes`);
    return { bytes: await file.readFile(), mode: status.mode };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new UnusableFile("a file that can be read", path, readFailure(error));
  }
}

function readFailure({ code, message }: Error & { readonly code: unknown }): string {
  if (code === "ENOENT") return "there is no such file";
  return code === "EACCES" ? "this user must not read it" : message;
}

function subjectOf({ subject }: X509Certificate): string {
  // An empty subject is right: all names may be among the alternative ones.
  return (subject ?? "").split("\n").filter(Boolean).join(", ") || "the node";
}
