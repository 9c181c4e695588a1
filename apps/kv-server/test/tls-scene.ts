import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import {
  type CertificateAuthority,
  type CertificateFiles,
  type CertificateTerms,
  openAuthority,
} from "../../../test/harness/certificate-authority.ts";
import { makeTemporaryDirectory } from "../../../test/harness/temporary-directory.ts";
import type { ServerEnvironment } from "../src/environment.ts";
import { type DoorCertificates, openDoorCertificates } from "../src/tls/door-certificates.ts";
import type { DoorTlsFiles } from "../src/tls/tls-files.ts";
import { startTestListener, type TestListener } from "./start-test-listener.ts";
import { TestClient } from "./test-client.ts";

/** The end of all certificates that do not say otherwise is far; this is a time within. */
const validMs = Date.UTC(2026, 0, 1);

/** A folder with an authority, and the certificate of a node that it has signed. */
export interface TlsScene extends AsyncDisposable {
  readonly path: string;
  readonly authority: CertificateAuthority;
  readonly node: CertificateFiles;
  /** What a client needs that trusts the authority; with the files of its own certificate, also that. */
  trusting(own?: CertificateFiles): Promise<ConnectionOptions>;
  /** Puts another certificate in the place of the node's. */
  replace(by: CertificateFiles): Promise<void>;
  /** A listener with the node's certificate. `changes` are to its environment, `files` to what it is made with. */
  listen(
    changes?: Partial<ServerEnvironment>,
    files?: Partial<DoorTlsFiles>,
  ): Promise<TestListener & { readonly certificates: DoorCertificates }>;
}

function clock(): number {
  return validMs;
}

/** Makes one; `terms` are those of the node's certificate. */
export async function openTlsScene(terms: CertificateTerms = {}): Promise<TlsScene> {
  const directory = await makeTemporaryDirectory();
  const authority = await openAuthority(join(directory.path, "ca"));
  const node = await authority.issue("node", terms);
  return {
    path: directory.path,
    authority,
    node,
    async trusting(own) {
      const ca = await readFile(authority.caFile);
      if (own === undefined) return { ca };
      const { certificateFile, keyFile } = own;
      return { ca, cert: await readFile(certificateFile), key: await readFile(keyFile) };
    },
    async replace({ certificateFile, keyFile }) {
      await copyFile(certificateFile, node.certificateFile);
      await copyFile(keyFile, node.keyFile);
    },
    async listen(changes, files) {
      const all: DoorTlsFiles = {
        ...node,
        caFile: undefined,
        clientCertificates: "none",
        ...files,
      };
      const certificates = await openDoorCertificates({
        node: "kv@test",
        files: all,
        unixTimeMs: clock,
      });
      return { ...(await startTestListener(changes, { certificates })), certificates };
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** The first reply to a request over TLS; when there is none, the failure of the connection. */
export async function asked(port: number, options: ConnectionOptions): Promise<string> {
  await using client = await TestClient.secure(port, options);
  const failure = Promise.withResolvers<string>();
  client.socket.on("error", ({ message }) => failure.resolve(message));
  client.send("NOPE\r\n");
  const reply = client.reply("UNKNOWN COMMAND\r\n");
  return (await Promise.race([reply, failure.promise])).trimEnd();
}
