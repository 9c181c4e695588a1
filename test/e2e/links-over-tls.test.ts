import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { connect } from "node:tls";
import {
  type CertificateAuthority,
  type CertificateFiles,
  openAuthority,
  withoutOpenssl,
} from "../harness/certificate-authority.ts";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import { longCalls } from "../harness/node-pair.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { operate } from "../harness/operator.ts";
import type { Setting } from "../harness/write-config.ts";

const tags = ["distributed"];
const host = "127.0.0.1";

/** What a node shows, and whom it trusts; `undefined` without TLS. */
type Trust = { readonly files: CertificateFiles; readonly caFile: string } | undefined;

function kvSetting(key: string, value: unknown): Setting {
  return { application: "kv", path: [key], value };
}

function settingsOf(trust: Trust): readonly Setting[] {
  if (trust === undefined) return [];
  return [
    kvSetting("tlsCertificateFile", trust.files.certificateFile),
    kvSetting("tlsKeyFile", trust.files.keyFile),
    kvSetting("tlsCaFile", trust.caFile),
  ];
}

async function trustBy(authority: CertificateAuthority, name: string): Promise<Trust> {
  return { files: await authority.issue(name), caFile: authority.caFile };
}

/** foo on the host `here`, with a client, and bar on the host `there`, which has all buckets. */
interface HostPair {
  readonly foo: NodeProcess & { readonly port: number };
  readonly bar: NodeProcess;
  /** Where bar listens for foo. */
  readonly port: number;
}

async function startPair(home: NodeHome, foo: Trust, bar: Trust): Promise<HostPair> {
  const table = { KV_ROUTING_TABLE: "a-m=foo@here,n-z=bar@there" };
  const owner = await home.spawn({
    words: ["--store-only"],
    env: { ...table, KV_NODE: "bar@there" },
    settings: [kvSetting("nodeListen", { host, port: 0 }), ...settingsOf(bar)],
  });
  const { groups } = await owner.logged(/nodes can reach bar@there at 127\.0\.0\.1:(?<port>\d+)/u);
  const port = Number(groups?.["port"]);
  const nodes = { "bar@there": { host, port } };
  const front = await home.start({
    env: { ...table, KV_NODE: "foo@here" },
    settings: [kvSetting("nodes", nodes), ...settingsOf(foo), longCalls],
  });
  return { foo: front, bar: owner, port };
}

/** Asks foo for a bucket of bar's until each node has said what it has to say; then again, and that is all. */
async function troublesOf(
  { foo, bar }: HostPair,
  said: { readonly foo: RegExp; readonly bar: RegExp },
): Promise<string> {
  await using client = await LineClient.connect(foo.port);
  const [reply] = await client.ask("GET shopping milk");
  await Promise.all([foo.logged(said.foo), bar.logged(said.bar)]);
  for (let asked = 0; asked < 50; asked++) await client.ask("GET shopping milk");
  assert.deepEqual(await client.ask("CREATE apples"), ["OK"]);
  for (const node of [foo, bar]) {
    await node.stop();
    const lines = parseLog(node.stdout).filter(({ type }) =>
      ["refused", "unreachable", "accept-failed"].includes(String(type)),
    );
    assert.equal(lines.length, 1, JSON.stringify(lines));
  }
  return reply ?? "";
}

suite("nodes of different hosts, over TLS", { tags, skip: withoutOpenssl }, () => {
  test("ask each other, and take renewed certificates for new links", async () => {
    await using home = await openNodeHome();
    const authority = await openAuthority(join(home.path, "ca"));
    const trust = await trustBy(authority, "bar");
    assert.ok(trust);
    const pair = await startPair(home, await trustBy(authority, "foo"), trust);
    const { foo, bar, port } = pair;
    await using client = await LineClient.connect(foo.port);
    assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
    assert.deepEqual(await client.ask("PUT shopping milk 1"), ["OK"]);
    const renewed = await authority.issue("renewed");
    await copyFile(renewed.certificateFile, trust.files.certificateFile);
    await copyFile(renewed.keyFile, trust.files.keyFile);
    bar.signal("SIGHUP");
    await bar.logged(/New links show the certificate of CN=renewed, valid until 2099/u);
    const stranger = connect({ host, port, ca: await readFile(authority.caFile) });
    await once(stranger, "secureConnect");
    assert.equal(stranger.getPeerCertificate().subject.CN, "renewed");
    await once(stranger.resume(), "close");
    await bar.logged(/not linked with a node at 127\.0\.0\.1:\d+: .* shows no certificate/u);
    const { dataDirectory } = home;
    const shown = await operate(["status", "--node", "bar@there"], { dataDirectory });
    assert.match(shown.stdout, /tls:\n +certificate: CN=renewed\n +expires: 2099/u);
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["1", "OK"]);
    assert.doesNotMatch(foo.stdout, /no more linked/u);
    await writeFile(trust.files.certificateFile, "half");
    bar.signal("SIGHUP");
    await bar.logged(
      /kv did not reload, and goes on with what it had: Cannot use TLS: kv\.tlsCertificateFile: expected a certificate in PEM/u,
    );
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["1", "OK"]);
    for (const node of [foo, bar]) assert.deepEqual(await node.stop(), { code: 0, signal: null });
  });

  test("do not link by certificates of another CA: both say so, once, and the client is told", async () => {
    await using home = await openNodeHome();
    const ours = await openAuthority(join(home.path, "ours"), "ours");
    const theirs = await openAuthority(join(home.path, "theirs"), "theirs");
    const files = await theirs.issue("foo");
    const stranger = { files, caFile: ours.caFile };
    const pair = await startPair(home, stranger, await trustBy(ours, "bar"));
    const reply = await troublesOf(pair, {
      foo: /not linked with bar@there: bar@there does not accept this node's certificate/u,
      bar: /not linked with a node at \S+: a node at \S+ shows a certificate of another CA/u,
    });
    const reason = "bar@there does not accept this node's certificate";
    assert.equal(reply, `ERROR no connection to bar@there: ${reason}`);
  });

  test("do not link when only one of them speaks it, and both say so", async () => {
    await using home = await openNodeHome();
    const authority = await openAuthority(join(home.path, "ca"));
    const trust = await trustBy(authority, "node");
    const plainFoo = await troublesOf(await startPair(home, undefined, trust), {
      foo: /cannot link with bar@there: .* perhaps it speaks TLS, which this node does not/u,
      bar: /a connection from 127\.0\.0\.1:\d+ could not be accepted: it does not speak TLS/u,
    });
    assert.equal(plainFoo, "ERROR no connection to bar@there");
    const plainBar = await troublesOf(await startPair(home, trust, undefined), {
      foo: /cannot link with bar@there: it does not speak TLS/u,
      bar: /not linked with a node at \S+: a node at \S+ speaks TLS, this node does not/u,
    });
    assert.equal(plainBar, "ERROR no connection to bar@there");
  });

  test("do not start with certificates that cannot be used", async () => {
    await using home = await openNodeHome();
    const authority = await openAuthority(join(home.path, "ca"));
    const files = await authority.issue("old", { until: "20200101000000Z" });
    const settings = settingsOf({ files, caFile: join(home.path, "none.pem") });
    const node = await home.spawn({ settings });
    assert.deepEqual(await node.exit(), { code: 78, signal: null });
    assert.match(node.stderr, /kv\.tlsCertificateFile: .*old\.pem": it expired at 2020/u);
    assert.match(node.stderr, /kv\.tlsCaFile: .*none\.pem": there is no such file/u);
  });
});

suite("nodes of different hosts, without TLS", { tags }, () => {
  test("do not start beyond loopback, unless that is written down", async () => {
    await using home = await openNodeHome();
    const listen = kvSetting("nodeListen", { host: "0.0.0.0", port: 0 });
    const refused = await home.spawn({ settings: [listen] });
    assert.deepEqual(await refused.exit(), { code: 78, signal: null });
    assert.match(
      refused.stderr,
      /^Cannot start: kv\.nodeListen: expected loopback addresses while links speak no TLS, got "0\.0\.0\.0"; set tlsCertificateFile, .* or allowPlainLinks: true to let /u,
    );
    const node = await home.spawn({ settings: [listen, kvSetting("allowPlainLinks", true)] });
    await node.logged(/nodes can reach kv@\S+ at 0\.0\.0\.0:\d+/u);
  });
});
