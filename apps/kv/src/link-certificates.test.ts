import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { TlsMaterial } from "@kv/cluster";
import { openAuthority, withoutOpenssl } from "../../../test/harness/certificate-authority.ts";
import { makeTemporaryDirectory } from "../../../test/harness/temporary-directory.ts";
import { kvChannel } from "./events.ts";
import { openLinkCertificates } from "./link-certificates.ts";
import { inspectLinkTls, type LinkTlsEnvironment } from "./link-tls.ts";
import { nodeNamed } from "./remote/testing/any-part.ts";

const foo = nodeNamed("foo@lab");
const without: LinkTlsEnvironment = {
  allowPlainLinks: false,
  distribution: "on",
  nodeListen: undefined,
  nodes: {},
  tlsCaFile: undefined,
  tlsCertificateFile: undefined,
  tlsKeyFile: undefined,
};

async function openScene(until: string) {
  const directory = await makeTemporaryDirectory();
  const authority = await openAuthority(join(directory.path, "ca"));
  const { certificateFile, keyFile } = await authority.issue("node", { until });
  const environment: LinkTlsEnvironment = {
    ...without,
    tlsCertificateFile: certificateFile,
    tlsKeyFile: keyFile,
    tlsCaFile: authority.caFile,
  };
  return { ...directory, environment };
}

test("openLinkCertificates() and inspectLinkTls() read nothing for links without TLS, and for a node that is alone", async () => {
  const nowhere = { tlsCertificateFile: "/none", tlsKeyFile: "/none", tlsCaFile: "/none" };
  for (const values of [without, { ...without, ...nowhere, distribution: "off" as const }]) {
    assert.equal(await openLinkCertificates(foo, values), undefined);
    assert.deepEqual(await inspectLinkTls(values, 0), []);
  }
  const problems = await inspectLinkTls({ ...without, ...nowhere }, 0);
  assert.deepEqual(
    problems.map(({ key }) => key),
    ["tlsCertificateFile", "tlsKeyFile", "tlsCaFile"],
  );
});

suite("LinkCertificates", { skip: withoutOpenssl }, () => {
  test("hands on what is read anew, and says when it is about to expire", async () => {
    await using scene = await openScene("20300101000000Z");
    const said: unknown[] = [];
    const listen = (event: unknown): void => {
      if (typeof event === "object" && event !== null) said.push(Reflect.get(event, "type"));
    };
    subscribe(kvChannel, listen);
    const asleep = Promise.withResolvers<void>();
    const certificates = await openLinkCertificates(foo, scene.environment, {
      unixClock: () => Date.UTC(2029, 11, 30),
      time: {
        nowMs: () => 0,
        sleep: (_, signal) => {
          signal?.addEventListener("abort", () => asleep.resolve());
          return asleep.promise;
        },
      },
    });
    assert.ok(certificates);
    const { source } = certificates;
    const handed: TlsMaterial[] = [];
    const stop = source.onChange((material) => handed.push(material));
    await certificates.reload();
    stop();
    await certificates.reload();
    assert.deepEqual(handed, [source.current]);
    assert.deepEqual(certificates.status(), {
      certificate: "CN=node",
      expiresAtMs: Date.UTC(2030, 0, 1),
    });
    certificates.watch();
    certificates[Symbol.dispose]();
    await asleep.promise;
    unsubscribe(kvChannel, listen);
    const loaded = "certificate-loaded";
    assert.deepEqual(said, [loaded, loaded, loaded, "certificate-expires"]);
  });
});
