import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import {
  type CertificateAuthority,
  type CertificateFiles,
  type CertificateTerms,
  openAuthority,
  withoutOpenssl,
} from "../../../../test/harness/certificate-authority.ts";
import { makeTemporaryDirectory } from "../../../../test/harness/temporary-directory.ts";
import { type LoadedTls, loadTls } from "./load-tls.ts";
import type { TlsFiles } from "./tls-files.ts";

/** The end of all certificates that do not say otherwise is far; this is a time within. */
const validMs = Date.UTC(2026, 0, 1);

/** A folder with an authority, and the certificate of a node that it has signed. */
interface Scene extends AsyncDisposable {
  readonly path: string;
  readonly authority: CertificateAuthority;
  readonly node: CertificateFiles;
}

async function openScene(terms: CertificateTerms = {}): Promise<Scene> {
  const directory = await makeTemporaryDirectory();
  const authority = await openAuthority(join(directory.path, "ca"));
  const node = await authority.issue("node", terms);
  return { ...directory, authority, node };
}

/** What is said of the scene's files but for `changes`: `key: message`, each. */
async function complaints(
  scene: Scene,
  changes: Partial<TlsFiles> = {},
  nowMs = validMs,
): Promise<readonly string[]> {
  const loaded = await load(scene, changes, nowMs);
  assert.equal(loaded.type, "unusable");
  return loaded.problems.map(({ key, expected }) => `${key}: ${expected}`);
}

function load(scene: Scene, changes: Partial<TlsFiles>, nowMs = validMs): Promise<LoadedTls> {
  const { caFile } = scene.authority;
  const files: TlsFiles = { ...scene.node, caFile, ...changes };
  return loadTls(files, nowMs);
}

suite("loadTls()", { skip: withoutOpenssl }, () => {
  test("tells whose certificate it is, and how long", async () => {
    await using scene = await openScene({ until: "20300102030405Z" });
    const loaded = await load(scene, {});
    assert.equal(loaded.type, "loaded");
    assert.equal(loaded.material.subject, "CN=node");
    assert.equal(loaded.material.expiresAtMs, Date.UTC(2030, 0, 2, 3, 4, 5));
  });

  test("names each file that is not there, all at once", async () => {
    await using scene = await openScene();
    const missing = join(scene.path, "none.pem");
    const files = { certificateFile: missing, keyFile: missing, caFile: missing };
    const reason = `expected a file that can be read, got "${missing}": there is no such file`;
    assert.deepEqual(await complaints(scene, files), [
      `tlsCertificateFile: ${reason}`,
      `tlsKeyFile: ${reason}`,
      `tlsCaFile: ${reason}`,
    ]);
  });

  test("refuses what is no file, and what is no PEM", async () => {
    await using scene = await openScene();
    const text = join(scene.path, "text");
    await writeFile(text, "certainly not\n", { mode: 0o600 });
    const files = { certificateFile: scene.path, keyFile: text, caFile: text };
    const [certificate, key, ca] = await complaints(scene, files);
    assert.match(certificate ?? "", /^tlsCertificateFile: expected a file, got .*something else$/u);
    assert.match(key ?? "", /^tlsKeyFile: expected a private key in PEM, without a passphrase/u);
    assert.match(ca ?? "", /^tlsCaFile: expected certificates of a CA in PEM/u);
  });

  test("refuses the key of another certificate", async () => {
    await using scene = await openScene();
    const { keyFile } = await scene.authority.issue("other");
    const { certificateFile } = scene.node;
    assert.deepEqual(await complaints(scene, { keyFile }), [
      `tlsKeyFile: expected the key of the certificate in "${certificateFile}", got "${keyFile}": it is the key of another one`,
    ]);
  });

  test("refuses a key that everybody can read, and takes one for a group", {
    skip: process.platform === "win32",
  }, async () => {
    await using scene = await openScene();
    const { keyFile } = scene.node;
    await chmod(keyFile, 0o644);
    assert.deepEqual(await complaints(scene), [
      `tlsKeyFile: expected a key that is secret, got "${keyFile}": everybody can read it; chmod o-r it`,
    ]);
    await chmod(keyFile, 0o640);
    assert.equal((await load(scene, {})).type, "loaded");
  });

  test("refuses a key with a passphrase, and does not show it", async () => {
    await using scene = await openScene();
    const keyFile = join(scene.path, "locked.key");
    const words = ["pkey", "-in", scene.node.keyFile, "-aes256", "-passout", "pass:open-sesame"];
    execFileSync("openssl", [...words, "-out", keyFile]);
    const [complaint] = await complaints(scene, { keyFile });
    assert.match(
      complaint ?? "",
      /^tlsKeyFile: expected a private key in PEM, without a passphrase/u,
    );
    assert.doesNotMatch(complaint ?? "", /BEGIN|sesame/u);
  });

  test("refuses a certificate from the moment on at which it expires, and before it is valid", async () => {
    await using scene = await openScene({ from: "20250101000000Z", until: "20260101000000Z" });
    const { certificateFile } = scene.node;
    const got = `tlsCertificateFile: expected a certificate that is valid now, got "${certificateFile}"`;
    const endMs = Date.UTC(2026, 0, 1);
    assert.deepEqual(await complaints(scene, {}, endMs), [
      `${got}: it expired at 2026-01-01T00:00:00.000Z; renew it`,
    ]);
    assert.equal((await load(scene, {}, endMs - 1)).type, "loaded");
    const beginMs = Date.UTC(2025, 0, 1);
    assert.deepEqual(await complaints(scene, {}, beginMs - 1), [
      `${got}: it is not valid before 2025-01-01T00:00:00.000Z; look at this machine's clock`,
    ]);
    assert.equal((await load(scene, {}, beginMs)).type, "loaded");
  });

  test("does not wait for a pipe that nobody writes to", {
    skip: process.platform === "win32",
  }, async () => {
    await using scene = await openScene();
    const pipe = join(scene.path, "pipe");
    execFileSync("mkfifo", [pipe]);
    const [complaint] = await complaints(scene, { certificateFile: pipe });
    assert.match(complaint ?? "", /^tlsCertificateFile: expected a file, got/u);
  });
});
