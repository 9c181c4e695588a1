import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import {
  type CertificateAuthority,
  type CertificateFiles,
  openAuthority,
  withoutOpenssl,
} from "../harness/certificate-authority.ts";
import { within } from "../harness/deadline.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { Setting } from "../harness/write-config.ts";
import { operate } from "../harness/operator.ts";

function settings({ certificateFile, keyFile }: CertificateFiles): readonly Setting[] {
  const application = "kv-server";
  return [
    { application, path: ["tlsCertificateFile"], value: certificateFile },
    { application, path: ["tlsKeyFile"], value: keyFile },
  ];
}

async function authorityIn(home: NodeHome): Promise<CertificateAuthority> {
  return openAuthority(join(home.path, "ca"));
}

async function open(port: number, { caFile }: CertificateAuthority): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", ca: await readFile(caFile) });
  await within(once(socket, "secureConnect"), "a handshake");
  return socket;
}

async function ask(socket: TLSSocket, request: string): Promise<string> {
  const reply = once(socket, "data");
  socket.write(`${request}\r\n`);
  const [bytes] = await within(reply, `the reply to ${request}`);
  return String(bytes);
}

suite("a node with a certificate", { skip: withoutOpenssl }, () => {
  test("speaks TLS at both ports, takes a new certificate at SIGHUP, and stops as ever", async () => {
    await using home = await openNodeHome();
    const authority = await authorityIn(home);
    const files = await authority.issue("first");
    const node = await home.start({ settings: settings(files) });
    const old = await open(node.port, authority);
    assert.equal(await ask(old, "CREATE a"), "OK\r\n");
    const resp = await open(await node.acceptingResp(), authority);
    assert.equal(await ask(resp, "PING"), "+PONG\r\n");
    resp.destroy();

    const renewed = await authority.issue("renewed");
    await copyFile(renewed.certificateFile, files.certificateFile);
    await copyFile(renewed.keyFile, files.keyFile);
    node.signal("SIGHUP");
    await node.logged(/"type":"reloaded"/u);
    for (const port of [node.port, await node.acceptingResp()]) {
      const socket = await open(port, authority);
      assert.equal(socket.getPeerCertificate().subject.CN, "renewed");
      socket.destroy();
    }
    assert.equal(await ask(old, "CREATE b"), "OK\r\n");

    await writeFile(files.certificateFile, "half");
    node.signal("SIGHUP");
    const [line] = await node.logged(/.*"type":"reload-failed".*/u);
    assert.match(
      line,
      /kv-server did not reload, and goes on with what it had: Cannot use TLS: kv-server\.tlsCertificateFile: expected a certificate/u,
    );
    const socket = await open(node.port, authority);
    assert.equal(socket.getPeerCertificate().subject.CN, "renewed");
    assert.equal(await ask(socket, "GET b x"), "\r\nOK\r\n");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.equal(node.stderr, "");
  });

  test("takes a new one by the command reload, which says how that went", async () => {
    await using home = await openNodeHome();
    const authority = await authorityIn(home);
    const files = await authority.issue("first");
    const node = await home.start({ settings: settings(files) });
    await node.logged(/"type":"system-started"/u);
    const renewed = await authority.issue("renewed");
    await copyFile(renewed.certificateFile, files.certificateFile);
    const torn = await operate(["reload"], home);
    assert.deepEqual({ code: torn.code, stdout: torn.stdout }, { code: 1, stdout: "" });
    assert.match(
      torn.stderr,
      /^Cannot reload: kv-server goes on with what it had: Cannot use TLS: kv-server\.tlsKeyFile: .*: it is the key of another one\n$/u,
    );
    await copyFile(renewed.keyFile, files.keyFile);
    const done = await operate(["reload"], home);
    assert.deepEqual(done, { code: 0, signal: null, stdout: "OK\n", stderr: "" });
    const socket = await open(node.port, authority);
    assert.equal(socket.getPeerCertificate().subject.CN, "renewed");
    socket.destroy();
  });

  test("that cannot be used does not start: all that is wrong, 78, and no store is opened", async () => {
    await using home = await openNodeHome();
    const authority = await authorityIn(home);
    const { certificateFile } = await authority.issue("old", { until: "20200101000000Z" });
    const keyFile = join(home.path, "none.key");
    const node = await home.spawn({ settings: settings({ certificateFile, keyFile }) });
    assert.deepEqual(await node.exit(), { code: 78, signal: null });
    assert.equal(node.stdout, "");
    const origin = String.raw`\(.*runtime\.ts\)`;
    const [headline, ...lines] = node.stderr.trimEnd().split("\n");
    assert.equal(headline, "Cannot start: the configuration has 2 problems:");
    assert.match(
      lines[0] ?? "",
      new RegExp(
        `kv-server\\.tlsCertificateFile: .*old\\.pem": it expired at 2020.*renew it ${origin}$`,
        "u",
      ),
    );
    assert.match(
      lines[1] ?? "",
      new RegExp(`kv-server\\.tlsKeyFile: .*none\\.key": there is no such file ${origin}$`, "u"),
    );
  });
});

test("SIGHUP leaves a node without certificates as it is", async () => {
  await using home = await openNodeHome();
  const node = await home.start();
  node.signal("SIGHUP");
  await node.logged(/SIGHUP: reloading/u);
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});
