import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { connect } from "node:tls";
import {
  type CertificateTerms,
  openAuthority,
  withoutOpenssl,
} from "../../../../test/harness/certificate-authority.ts";
import type { Cluster } from "../cluster.ts";
import { isClusterError } from "../errors.ts";
import { encodePreamble, messageType } from "../handshake/handshake-message.ts";
import { nodeNamed } from "../testing/node-named.ts";
import { ask, RealNodes } from "../testing/real-nodes.ts";
import { awaitEvents, recordEvents } from "../testing/record-events.ts";
import type { Address } from "../place/node-places.ts";
import type { TlsMaterial, TlsSource } from "./tls-material.ts";

const [foo, baz] = [nodeNamed("foo@lab"), nodeNamed("baz@den")];
const listen = { host: "127.0.0.1", port: 0 };

/** Material that may be renewed by hand. */
class HandTls implements TlsSource {
  current: TlsMaterial;
  readonly #listeners = new Set<(material: TlsMaterial) => void>();

  constructor(material: TlsMaterial) {
    this.current = material;
  }

  onChange(listener: (material: TlsMaterial) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  renew(material: TlsMaterial): void {
    this.current = material;
    for (const listener of this.#listeners) listener(material);
  }
}

/** Makes an authority of that name, and material for a node from each certificate that it signs: one, or those of `terms`. */
async function materialsOf(
  directory: string,
  authority: string,
  terms: readonly CertificateTerms[] = [{}],
): Promise<readonly TlsMaterial[]> {
  const signer = await openAuthority(join(directory, authority), authority);
  const ca = await readFile(signer.caFile);
  const materials: TlsMaterial[] = [];
  for (const each of terms) {
    const { certificateFile, keyFile } = await signer.issue("node", each);
    const [certificate, key] = [await readFile(certificateFile), await readFile(keyFile)];
    materials.push({ certificate, key, ca });
  }
  return materials;
}

function addressOf({ places }: Cluster): Address {
  const [, place] = places;
  assert.ok(place?.type === "tcp");
  return place;
}

/** Has a node dial another one, which is not to end well, a few times; tells what both have said, and what a call is told. */
async function refusalOf(
  nodes: RealNodes,
  there: TlsMaterial | undefined,
  here: TlsMaterial | undefined,
): Promise<{ readonly said: readonly string[]; readonly told: string }> {
  using recorder = recordEvents();
  const acceptor = await nodes.start(baz, { listen, tls: there && new HandTls(there) });
  const address = { [baz]: addressOf(acceptor) };
  const dialler = await nodes.start(foo, { nodes: address, tls: here && new HandTls(here) });
  const troubles = (self: string): readonly string[] =>
    recorder.events
      .filter((event) => event.self === self && !["listening", "node-up"].includes(event.type))
      .map(({ message }) => `${self}: ${message.replaceAll(/127\.0\.0\.1:\d+/gu, "ADDRESS")}`);
  await assert.rejects(dialler.connect(baz));
  const told = await ask(dialler, baz, Buffer.from("x")).then(
    () => "answered",
    (error: unknown) => (error instanceof Error ? error.message : ""),
  );
  await awaitEvents(() => troubles(foo).length > 0 && troubles(baz).length > 0);
  // Once more, and again: nothing of that is said again.
  for (let again = 0; again < 3; again++) {
    await assert.rejects(dialler.connect(baz), { code: /^CLUSTER_(?:REFUSED|NO_CONNECTION)$/u });
  }
  assert.deepEqual([acceptor.nodes(), dialler.nodes()], [[], []]);
  await dialler[Symbol.asyncDispose]();
  await acceptor[Symbol.asyncDispose]();
  return { said: [...troubles(foo), ...troubles(baz)], told };
}

suite("links over TLS", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("both ends show a certificate, and calls go both ways", async () => {
    await using nodes = await RealNodes.prepare();
    const [ours] = await materialsOf(nodes.directory, "ours");
    assert.ok(ours);
    const tls = new HandTls(ours);
    const there = await nodes.start(baz, { listen, tls });
    const one = await nodes.start(foo, { nodes: { [baz]: addressOf(there) }, tls });
    for (const length of [0, 10, 2_000_000]) {
      const payload = Buffer.alloc(length, 7);
      assert.ok(payload.equals(await ask(one, baz, payload)));
      assert.ok(payload.equals(await ask(there, foo, payload)));
    }
  });

  test("a certificate that is not good is told of at both ends, once, and to whoever asks", async () => {
    await using nodes = await RealNodes.prepare();
    const { directory } = nodes;
    const [good, past, future, elsewhere] = await materialsOf(directory, "ours", [
      {},
      { until: "20200101000000Z" },
      { from: "20900101000000Z" },
      { alternativeNames: "DNS:elsewhere" },
    ]);
    const [theirs] = await materialsOf(directory, "theirs");
    assert.ok(good && past && future && elsewhere && theirs);
    const strange = { ...theirs, ca: good.ca };
    const rows = [
      ["of another CA", strange],
      ["that has expired", past],
      ["that is not valid yet", future],
    ] as const;
    for (const [what, wrong] of rows) {
      const fault = `shows a certificate ${what}`;
      assert.deepEqual(await refusalOf(nodes, good, wrong), {
        said: [
          `${foo}: not linked with ${baz}: ${baz} does not accept this node's certificate`,
          `${baz}: not linked with a node at ADDRESS: a node at ADDRESS ${fault}`,
        ],
        told: `no connection to ${baz}: ${baz} does not accept this node's certificate`,
      });
      assert.deepEqual(await refusalOf(nodes, wrong, good), {
        said: [
          `${foo}: not linked with ${baz}: ${baz} ${fault}`,
          `${baz}: not linked with ${foo}: ${foo} does not accept this node's certificate`,
        ],
        told: `no connection to ${baz}: ${baz} ${fault}`,
      });
    }
    const { said } = await refusalOf(nodes, elsewhere, good);
    assert.equal(
      said[0],
      `${foo}: not linked with ${baz}: ${baz} shows a certificate that does not name the host it is reached by`,
    );
  });

  test("TLS and none do not go together, and both ends say so", async () => {
    await using nodes = await RealNodes.prepare();
    const [ours] = await materialsOf(nodes.directory, "ours");
    assert.ok(ours);
    assert.deepEqual(await refusalOf(nodes, undefined, ours), {
      said: [
        `${foo}: cannot link with ${baz}: it does not speak TLS`,
        `${baz}: not linked with a node at ADDRESS: a node at ADDRESS speaks TLS, this node does not`,
      ],
      told: `no connection to ${baz}`,
    });
    assert.deepEqual(await refusalOf(nodes, ours, undefined), {
      said: [
        `${foo}: cannot link with ${baz}: it closed the connection without a word: perhaps it speaks TLS, which this node does not`,
        `${baz}: a connection from ADDRESS could not be accepted: it does not speak TLS`,
      ],
      told: `no connection to ${baz}`,
    });
  });

  test("whoever shows no certificate is told, and is not heard", async () => {
    using recorder = recordEvents();
    await using nodes = await RealNodes.prepare();
    const [ours] = await materialsOf(nodes.directory, "ours");
    assert.ok(ours);
    const there = await nodes.start(baz, { listen, tls: new HandTls(ours) });
    const ca = Buffer.from(ours.ca);
    const stranger = connect({ ...addressOf(there), ca });
    const heard = stranger.toArray();
    stranger.write("KVND and more");
    await once(stranger, "close");
    const [bytes = Buffer.alloc(0)] = await heard;
    const preamble = encodePreamble();
    assert.deepEqual(bytes.subarray(0, preamble.length), Buffer.from(preamble));
    assert.equal(bytes[preamble.length], messageType.refusal);
    assert.equal(bytes.subarray(-baz.length).toString(), baz);
    const said = recorder.events.find(({ type }) => type === "refused");
    assert.match(said?.message ?? "", /^not linked with a node at \S+: .* shows no certificate$/u);
  });

  test("a renewed certificate is shown to the next node, and links that are there go on", async () => {
    await using nodes = await RealNodes.prepare();
    const [[old], [renewed]] = [
      await materialsOf(nodes.directory, "old"),
      await materialsOf(nodes.directory, "renewed"),
    ];
    assert.ok(old && renewed);
    const tls = new HandTls(old);
    const there = await nodes.start(baz, { listen, tls });
    const address = { [baz]: addressOf(there) };
    const own = new HandTls(old);
    const one = await nodes.start(foo, { nodes: address, tls: own });
    await one.connect(baz);
    tls.renew(renewed);
    const other = await nodes.start("qux@lab", { nodes: address, tls: new HandTls(renewed) });
    await other.connect(baz);
    assert.deepEqual(there.nodes(), [foo, "qux@lab"]);
    const late = await nodes.start("bar@lab", { nodes: address, tls: own });
    await assert.rejects(late.connect(baz), (error) => isClusterError(error, "CLUSTER_REFUSED"));
    own.renew(renewed);
    await late.connect(baz);
    assert.equal(await one.ping(baz), "pong");
  });
});
