import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { openAuthority, withoutOpenssl } from "../../../../test/harness/certificate-authority.ts";
import { nodeNamed } from "../testing/node-named.ts";
import { ask, RealNodes } from "../testing/real-nodes.ts";
import type { TlsMaterial } from "./tls-material.ts";

const [foo, baz] = [nodeNamed("foo@lab"), nodeNamed("baz@den")];
const listen = { host: "127.0.0.1", port: 0 };

/** Material for one node, by an authority of its own name or another one. */
async function materialOf(directory: string, authority: string): Promise<TlsMaterial> {
  const signer = await openAuthority(join(directory, authority), authority);
  const { certificateFile, keyFile } = await signer.issue("node");
  const [certificate, key, ca] = await Promise.all(
    [certificateFile, keyFile, signer.caFile].map((file) => readFile(file)),
  );
  assert.ok(certificate && key && ca);
  return { certificate, key, ca };
}

suite("links over TLS", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("both ends show a certificate, and calls go both ways", async () => {
    await using nodes = await RealNodes.prepare();
    const tls = await materialOf(nodes.directory, "ours");
    const there = await nodes.start(baz, { listen, tls });
    const [, place] = there.places;
    assert.ok(place?.type === "tcp");
    const one = await nodes.start(foo, { nodes: { [baz]: place }, tls });
    for (const length of [0, 10, 2_000_000]) {
      const payload = Buffer.alloc(length, 7);
      assert.ok(payload.equals(await ask(one, baz, payload)));
      assert.ok(payload.equals(await ask(there, foo, payload)));
    }
  });

  test("a certificate of somebody else's is refused, and so is none", async () => {
    await using nodes = await RealNodes.prepare();
    const [tls, others] = [
      await materialOf(nodes.directory, "ours"),
      await materialOf(nodes.directory, "theirs"),
    ];
    const there = await nodes.start(baz, { listen, tls });
    const [, place] = there.places;
    assert.ok(place?.type === "tcp");
    const timing = { handshakeTimeoutMs: 1000 };
    const stranger = await nodes.start(foo, { nodes: { [baz]: place }, tls: others, timing });
    await assert.rejects(stranger.connect(baz), { code: "CLUSTER_NO_CONNECTION" });
    const trusting = { ...others, ca: tls.ca };
    const pretender = await nodes.start("qux@lab", { nodes: { [baz]: place }, tls: trusting });
    await assert.rejects(pretender.connect(baz), { code: "CLUSTER_NO_CONNECTION" });
    const plain = await nodes.start("bar@lab", { nodes: { [baz]: place }, timing });
    await assert.rejects(plain.connect(baz), /^ClusterError: no connection to baz@den: /u);
    assert.deepEqual(there.nodes(), []);
  });
});
